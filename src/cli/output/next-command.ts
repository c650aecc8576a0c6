/**
 * Commands that a message tells the reader to run next, in backticks: `neuro secret ls`. They repeat where this call worked
 * (--context, --kubeconfig, --namespace, --operator-namespace), so that they can be pasted. Pure.
 *
 * A command for somebody else stays as it is: after `ask bob to run`, or `an administrator …:`. What a command already says about
 * its namespace wins.
 */
import { quote } from '../../client/shell.ts';
import type { GlobalOptions } from '../options.ts';

/** Where a call works, and the name under which the command was called. */
export interface Place extends Pick<GlobalOptions, 'context' | 'kubeconfig' | 'namespace' | 'operatorNamespace'> {
  /** `kubectl neuro` when it was called as a plug-in of kubectl. */
  readonly calledAs?: string | undefined;
}

const NEXT = /(?<!\bto run |\badministrator [a-z ]*: )`(neuro|kubectl)(?= )([^`]*)/g;
/** Matches a command that names its namespace itself. In `neuro run`, `-n` is the name of the job. */
const OWN_NAMESPACE = /\s(?:--namespace|-n)[\s=]/;
/** It changes the kubeconfig, where --context would be ignored. */
const CONFIG = /^ config\b/;
/** They refuse --namespace: a context is named, which --context is refused beside, or a user with a home. */
const NAMES_CONTEXT = /^ config use\b/;
const NAMES_PLACE = /^ (?:config use|admin (?:add|remove)-user)\b/;

export function repeatPlace(sentence: string, { calledAs = 'neuro', ...options }: Place): string {
  return sentence.replace(NEXT, (_whole, program: string, rest: string) => {
    const ours = program === 'neuro';
    const flags = [
      ...((ours ? NAMES_CONTEXT : CONFIG).test(rest) ? [] : flag('--context', options.context)),
      ...flag('--kubeconfig', options.kubeconfig),
      ...(ours && !hasPlace(rest) ? flag('--namespace', options.namespace) : []),
      ...(ours ? flag('--operator-namespace', options.operatorNamespace) : []),
    ];
    return `\`${ours ? calledAs : program}${flags.map((word) => ` ${word}`).join('')}${rest}`;
  });
}

function hasPlace(rest: string): boolean {
  return NAMES_PLACE.test(rest) || OWN_NAMESPACE.test(rest.replace(/ run .*/, ''));
}

function flag(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, quote(value)];
}
