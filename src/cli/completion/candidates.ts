/**
 * What could stand at a position: names of commands and flags, words of a fixed list, and names of the cluster, which are
 * asked of it within a moment. What cannot be had in that time is left out; completing never fails.
 */
import type { Argument, Command, Option } from 'commander';
import { topics } from '../commands/setup/topics.ts';
import { calledName, formatSecretUri, formatSubject, ownValue, ANNOTATION_USER } from '../../api/index.ts';
import { accessLevels } from '../../client/index.ts';
import { defined } from '../../defined.ts';
import type { Connection } from '../connect/connection.ts';
import { homeOf } from '../homes/home.ts';
import { listAll, namespaces, neuroJobs, neuroSchedules, secretGrants, userSecrets } from '../connect/kinds.ts';
import { kubeconfigPaths, readKubeconfig } from '../connect/kubeconfig.ts';
import { sharedWithMe } from '../secrets/shared-with-me.ts';
import type { Invocation } from '../factory.ts';
import { outputFormats } from '../options.ts';
import { visible } from '../output/visible.ts';
import type { Position } from './position.ts';
import { directives, shells } from './scripts.ts';

export interface Candidate {
  readonly text: string;
  readonly description?: string;
}
export interface Candidates {
  readonly all: readonly Candidate[];
  readonly directive: number;
}

/** What of the cluster or of a list a word names. */
type Source = (run: Invocation, word: string) => Promise<readonly Candidate[]>;

const files: Candidates = { all: [], directive: 0 };
const nothing: Candidates = { all: [], directive: directives.noFiles };

export async function candidatesAt(run: Invocation, position: Position): Promise<Candidates> {
  switch (position.kind) {
    case 'beyond':
      return files;
    case 'flag':
      return names(flagsOf(position.command, position.word));
    case 'value':
      return valueOf(run, position.option, position.before, position.word);
    case 'word':
      if (position.command.commands.length === 0)
        return argumentOf(run, position.command, position.index, position.word);
      // Behind a word that is no command nothing is known.
      return position.index === 0 ? names(commandsOf(position.command)) : nothing;
  }
}

/** Letters and digits of the world, and what no shell reads as more than itself. */
const TYPABLE = /^[\p{L}\p{N}_./:@%+][\p{L}\p{M}\p{N}_./:@%+=,-]*$/u;

/**
 * A name of the cluster may be anything, written by anybody. What a shell would read as more than a word, or the command as a
 * flag, is left out; who means it types it.
 */
function isTypable({ text }: Candidate): boolean {
  return TYPABLE.test(text) && visible(text) === text;
}

function names(all: readonly Candidate[]): Candidates {
  return { all, directive: directives.noFiles };
}

function commandsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({ text: child.name(), description: child.description() }));
}

function flagsOf(command: Command, word: string): readonly Candidate[] {
  const options: Option[] = [];
  for (let current: Command | null = command; current !== null; current = current.parent)
    options.push(...current.createHelp().visibleOptions(current));
  const texts = options.map(({ short, long, description }) => ({ text: long ?? short ?? '', description }));
  return texts.filter(
    ({ text }, index) => text.startsWith(word) && texts.findIndex((other) => other.text === text) === index,
  );
}

async function valueOf(run: Invocation, option: Option, before: string, word: string): Promise<Candidates> {
  const name = option.attributeName();
  const isPath = /<(path|file|folder)>/.test(option.flags);
  if (isPath) return before === '' ? files : nothing;
  if (option.argChoices !== undefined) return prefixed(before, option.argChoices.map(textOf));
  const source = ownValue(optionSources, name);
  if (source === undefined) return nothing;
  const all = (await source(run, word)).filter(isTypable);
  // NAME=secret:KEY goes on, and so does secret:KEY:/path.
  const isOpen = all.length > 0 && all.every(({ text }) => /[:=]$/.test(text));
  const found = prefixed(before, all);
  return isOpen ? { ...found, directive: directives.noFiles | directives.noSpace } : found;
}

function prefixed(before: string, all: readonly Candidate[]): Candidates {
  return names(all.map(({ text, ...rest }) => ({ text: `${before}${text}`, ...rest })));
}

async function argumentOf(run: Invocation, command: Command, index: number, word: string): Promise<Candidates> {
  const { registeredArguments: known } = command;
  const argument: Argument | undefined = known[index] ?? (known.at(-1)?.variadic === true ? known.at(-1) : undefined);
  if (argument === undefined) return nothing;
  const name = argument.name();
  if (name === 'source' || name === 'value') return files;
  const isJobUri = name === 'uri' || name === 'subject';
  const source = ownValue(argumentSources, name);
  if (source === undefined) return name === 'command' ? files : nothing;
  const all = (await source(run, word)).filter(isTypable);
  return isJobUri && all.length > 0 && all.every(({ text }) => text.endsWith(':'))
    ? { all, directive: directives.noFiles | directives.noSpace }
    : names(all);
}

const ownKeys: Source = async (run) => (await own(run)).map(({ key, description }) => ({ text: key, ...description }));
const ownUris: Source = async (run) => [
  ...(await own(run)).map(({ key, description }) => ({ text: formatSecretUri({ key }), ...description })),
  { text: 'secret:', description: 'all my secrets' },
];
const keysOrUris: Source = async (run, word) =>
  word.startsWith('secret:') ? usableUris(run, word) : ownKeys(run, word);
const jobs: Source = async (run) => {
  const { connection, home } = await at(run);
  const all = await listAll(connection.client.list(neuroJobs, { namespace: home }));
  return all.map(({ metadata, status, spec }) => ({
    text: metadata.name,
    description: `${(status?.phase ?? 'Pending').toLowerCase()}, ${spec.image}`,
  }));
};

const schedules: Source = async (run) => {
  const { connection, home } = await at(run);
  const all = await listAll(connection.client.list(neuroSchedules, { namespace: home }));
  return all.map(({ metadata, spec }) => ({ text: metadata.name, description: spec.schedule }));
};

/** Mine, and those that others let me use. */
const usableUris: Source = async (run) => {
  const { connection, home } = await at(run);
  const [mine, shared] = await Promise.all([own(run), sharedWithMe(connection, home, run.io.now())]);
  return [
    ...mine.map(({ key }) => ({ text: formatSecretUri({ key }) })),
    ...shared.entries.map(({ uri, access }) => ({ text: uri, description: access })),
  ];
};

/** People with a home that I can see, and those I have shared with before. */
const subjects: Source = async (run) => {
  const { connection, home } = await at(run);
  const orNone = (): never[] => [];
  const [grants, spaces] = await Promise.all([
    listAll(connection.client.list(secretGrants, { namespace: home })).catch(orNone),
    listAll(connection.client.list(namespaces)).catch(orNone),
  ]);
  const known = new Set([
    ...grants.map(({ spec }) => formatSubject(spec.subject)),
    ...spaces.flatMap(({ metadata }) => metadata.annotations?.[ANNOTATION_USER] ?? []),
  ]);
  return [...[...known].sort().map(textOf), ...['group:', 'serviceaccount:', 'namespace:'].map(textOf)];
};

const contexts: Source = async ({ options, io }) => {
  const config = await readKubeconfig(kubeconfigPaths(options, io.env));
  return config.contexts.map(({ name, cluster }) => ({ text: name, description: cluster }));
};
const visibleNamespaces: Source = async (run) =>
  (await listAll((await run.connect()).client.list(namespaces))).map(({ metadata }) => ({ text: metadata.name }));
const users: Source = async (run) =>
  (await listAll((await run.connect()).client.list(namespaces))).flatMap(({ metadata }) => {
    const user = metadata.annotations?.[ANNOTATION_USER];
    return user === undefined ? [] : [{ text: user, description: metadata.name }];
  });
const fixed =
  (...words: readonly string[]): Source =>
  () =>
    Promise.resolve(words.map(textOf));

/** `NAME=` has to be typed; behind it a secret may stand. */
const variables: Source = async (run, word) => {
  const [, name] = /^([A-Za-z_]\w*=)/.exec(word) ?? [];
  if (name === undefined) return Object.keys(run.io.env).map((text) => ({ text: `${text}=` }));
  return (await usableUris(run, '')).map(({ text, ...rest }) => ({ text: `${name}${text}`, ...rest }));
};
const mounts: Source = async (run) =>
  (await usableUris(run, '')).map(({ text, ...rest }) => ({ text: `${text}:`, ...rest }));

const argumentSources: Readonly<Record<string, Source>> = {
  key: keysOrUris,
  keys: keysOrUris,
  uri: ownUris,
  subject: subjects,
  level: fixed(...accessLevels),
  job: jobs,
  jobs,
  schedule: schedules,
  schedules,
  shell: fixed(...shells),
  words: () => Promise.resolve(Object.entries(topics).map(([text, { summary }]) => ({ text, description: summary }))),
  context: contexts,
  user: users,
};
const optionSources: Readonly<Record<string, Source>> = {
  output: fixed(...outputFormats),
  context: contexts,
  for: contexts,
  namespace: visibleNamespaces,
  to: visibleNamespaces,
  operatorNamespace: visibleNamespaces,
  env: variables,
  volume: mounts,
  restart: fixed('never', 'on-failure', 'always'),
  status: fixed('pending', 'running', 'succeeded', 'failed', 'cancelled'),
  user: subjects,
  share: subjects,
  format: fixed('env', 'objects'),
};

async function own(
  run: Invocation,
): Promise<readonly { readonly key: string; readonly description: { readonly description?: string } }[]> {
  const { connection, home } = await at(run);
  const all = await listAll(connection.client.list(userSecrets, { namespace: home }));
  return all
    .map((secret) => ({
      key: calledName(secret),
      description: defined({ description: secret.spec.description }),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function at(run: Invocation): Promise<{ readonly connection: Connection; readonly home: string }> {
  const connection = await run.connect();
  return { connection, home: await homeOf(connection, run.options) };
}

function textOf(text: string): Candidate {
  return { text };
}
