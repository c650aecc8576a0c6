/** `--label` and `--annotation` of the native Secret: `NAME=VALUE`; the value may be empty. */
import type { UserSecretSecretMetadata } from '../../api/index.ts';
import { CliError } from '../errors.ts';

export interface SecretMetadataOptions {
  readonly label?: readonly string[];
  readonly annotation?: readonly string[];
}

/** Undefined where none is given. */
export function parseSecretMetadata({
  label = [],
  annotation = [],
}: SecretMetadataOptions): UserSecretSecretMetadata | undefined {
  if (label.length === 0 && annotation.length === 0) return undefined;
  return {
    ...(label.length === 0 ? {} : { labels: pairsOf('--label', label) }),
    ...(annotation.length === 0 ? {} : { annotations: pairsOf('--annotation', annotation) }),
  };
}

/** Prefixes that say whose object it is. The schema of UserSecret refuses them too, but its message could have a value in it, and is not shown. */
const reserved = /(?:^|\.)(?:neu\.ro|kubernetes\.io|k8s\.io|helm\.sh|argoproj\.io|fluxcd\.io)\//;
/** Names of labels and annotations, by the rules of Kubernetes. */
const qualifiedName = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

function pairsOf(option: '--label' | '--annotation', words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 1) throw new CliError('usage', `${option} takes NAME=VALUE, not '${word}'.`);
      const [name, value] = [word.slice(0, equals), word.slice(equals + 1)];
      if (!qualifiedName.test(name))
        throw new CliError(
          'usage',
          `${option}: '${name}' is not a name: at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit; a prefix such as example.com/ may come first.`,
        );
      if (reserved.test(name))
        throw new CliError(
          'usage',
          `${option}: '${name}' has a prefix that says whose object it is (neu.ro, kubernetes.io, k8s.io, helm.sh, argoproj.io and fluxcd.io do); use another name.`,
        );
      if (option === '--label' && !labelValue.test(value))
        throw new CliError(
          'usage',
          `${option}: the value of '${name}' is at most 63 letters, digits, '-', '_' and '.', and begins and ends with a letter or digit.`,
        );
      return [name, value];
    }),
  );
}
