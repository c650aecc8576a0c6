/**
 * Kubeconfigs as kubectl reads them. Several files are read as one: the first to name a thing wins, also for the current context, and a file of the
 * list that is missing or empty is left out. Paths in a file are relative to that file. Not promised: that an entry of another context is complete.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { load } from 'js-yaml';
import { homeFolder } from '../home-folder.ts';
import { isFields, textOf, type Fields } from './fields.ts';

export interface Kubeconfig {
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, Fields>;
  readonly clusters: ReadonlyMap<string, Fields>;
  readonly users: ReadonlyMap<string, Fields>;
  /** The file that each user is from. */
  readonly userFiles: ReadonlyMap<string, string>;
}

/** The fields of clusters and users that name a file. */
const fileFields = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** Undefined where no file is named and the default file does not exist. */
export function readKubeconfig(given: string | undefined): Kubeconfig | undefined {
  if (given !== undefined) return merged([readFile(given)]);
  const listed = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths = listed.length > 0 ? listed : [join(homeFolder(), '.kube', 'config')];
  const there = paths.filter((path) => existsSync(path));
  if (there.length > 0) return merged(there.map(readFile));
  if (listed.length > 0) throw new Error(`no file at ${listed.join(', ')}`);
  return undefined;
}

/** Reads a file that the kubeconfig names. Every error has the `path`, which the runtime leaves out for a folder. */
export function namedFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw Object.assign(cause as Error, { path });
  }
}

function readFile(path: string): Kubeconfig {
  const text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  const content = text.trim() === '' ? {} : (parsed(text, path) ?? {});
  if (!isFields(content)) throw new Error(`${path} is not a kubeconfig`);
  const folder = dirname(resolve(path));
  const entries = (list: string, field: string): ReadonlyMap<string, Fields> => {
    const found = new Map<string, Fields>();
    for (const entry of Array.isArray(content[list]) ? (content[list] as readonly unknown[]) : []) {
      const name = isFields(entry) ? textOf(entry['name']) : undefined;
      if (name === undefined || !isFields(entry) || found.has(name)) continue;
      found.set(name, withWholePaths(isFields(entry[field]) ? entry[field] : {}, folder));
    }
    return found;
  };
  const users = entries('users', 'user');
  return {
    current: textOf(content['current-context']),
    contexts: entries('contexts', 'context'),
    clusters: entries('clusters', 'cluster'),
    users,
    userFiles: new Map([...users.keys()].map((name) => [name, resolve(path)])),
  };
}

/** The library's error quotes the lines around a fault, and a token may be among them. */
function parsed(text: string, path: string): unknown {
  try {
    return load(text);
  } catch {
    throw new Error(`${path} is not valid YAML`);
  }
}

function withWholePaths(fields: Fields, folder: string): Fields {
  const whole: Record<string, unknown> = { ...fields };
  for (const name of fileFields) {
    const path = textOf(fields[name]);
    if (path !== undefined) whole[name] = resolve(folder, path);
  }
  const { exec } = fields;
  const command = isFields(exec) ? textOf(exec['command']) : undefined;
  // A name without a folder is looked up in PATH.
  if (
    isFields(exec) &&
    command !== undefined &&
    !isAbsolute(command) &&
    (command.includes('/') || command.includes(sep))
  )
    whole['exec'] = { ...exec, command: resolve(folder, command) };
  return whole;
}

function merged(files: readonly Kubeconfig[]): Kubeconfig {
  const firsts = <T>(list: (file: Kubeconfig) => ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map(files.toReversed().flatMap((file) => [...list(file)]));
  return {
    current: files.map(({ current }) => current).find((name) => name !== undefined),
    contexts: firsts(({ contexts }) => contexts),
    clusters: firsts(({ clusters }) => clusters),
    users: firsts(({ users }) => users),
    userFiles: firsts(({ userFiles }) => userFiles),
  };
}
