/**
 * The kubeconfig as a list of contexts, and the one change that the command makes in it: which context is the current
 * one. Several files in KUBECONFIG are one, the first to name a thing wins, as in kubectl. Comments and the rest stay.
 */
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { defined } from '../../defined.ts';
import { homeFolder } from '../../home-folder.ts';
import { parseYamlDocument, replaceFile } from '../../kernel/index.ts';
import { yamlFaultInLine } from '../args/yaml-fault.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions } from '../options.ts';

export interface ContextEntry {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
  readonly isCurrent: boolean;
}
export interface Kubeconfig {
  /** The files that exist. */
  readonly files: readonly string[];
  readonly current: string | undefined;
  readonly contexts: readonly ContextEntry[];
}

interface FileText {
  readonly path: string;
  readonly text: string;
}
interface Content {
  readonly 'current-context'?: string;
  readonly contexts: readonly {
    readonly name: string;
    readonly context?: { readonly cluster?: string; readonly user?: string; readonly namespace?: string };
  }[];
}

export function kubeconfigPaths(
  { kubeconfig }: GlobalOptions,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? [...new Set(listed)] : [join(homeFolder(), '.kube', 'config')];
}

export async function readKubeconfig(paths: readonly string[]): Promise<Kubeconfig> {
  const files = await readAll(paths);
  const contents = await Promise.all(files.map(contentOf));
  const current = contents.map((content) => content['current-context']).find((name) => (name ?? '') !== '');
  const contexts = new Map<string, ContextEntry>();
  for (const content of contents) {
    for (const { name, context } of content.contexts)
      if (!contexts.has(name))
        contexts.set(name, {
          name,
          cluster: context?.cluster ?? '',
          user: context?.user ?? '',
          ...defined({ namespace: context?.namespace }),
          isCurrent: name === current,
        });
  }
  return {
    files: files.map(({ path }) => path),
    current,
    contexts: [...contexts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Sets the current context: in the file that names one now, else in the first one. */
export async function useContext(paths: readonly string[], name: string): Promise<string> {
  const files = await readAll(paths);
  const contents = await Promise.all(files.map(contentOf));
  const index = Math.max(
    0,
    contents.findIndex((content) => (content['current-context'] ?? '') !== ''),
  );
  const file = files[index];
  if (file === undefined) throw noneThere(paths);
  const document = await parseYamlDocument(file.text);
  document.set('current-context', name);
  await replaceFile(file.path, document.toString({ lineWidth: 0 }));
  return file.path;
}

async function readAll(paths: readonly string[]): Promise<readonly FileText[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      try {
        return [{ path, text: await readFile(path, 'utf8') }];
      } catch (cause) {
        const { code } = cause as { readonly code?: string };
        if (code === 'ENOENT') return [];
        const why = code === 'EISDIR' ? 'it is a folder' : (code ?? 'unknown');
        throw new CliError(
          'configuration',
          `The kubeconfig ${path} cannot be read (${why}); give another with --kubeconfig, or set KUBECONFIG.`,
          { cause },
        );
      }
    }),
  );
  if (files.flat().length === 0) throw noneThere(paths);
  return files.flat();
}

async function contentOf({ path, text }: FileText): Promise<Content> {
  const document = await parseYamlDocument(text);
  const [error] = document.errors;
  if (error !== undefined)
    throw new CliError(
      'configuration',
      `The kubeconfig ${path} is not valid YAML: ${yamlFaultInLine(error)}. Correct it, or give another with --kubeconfig.`,
    );
  const content = (document.toJS() as Partial<Content> | null) ?? {};
  return { ...content, contexts: named(content.contexts) };
}

/** The entries that have a name: a file can hold anything. */
function named<T extends { readonly name: string }>(list: readonly T[] | undefined): readonly T[] {
  const entries: readonly (Partial<T> | null)[] = Array.isArray(list) ? list : [];
  return entries.filter((entry): entry is T => typeof entry?.name === 'string');
}

export function noContext(name: string, contexts: readonly ContextEntry[]): CliError {
  const names = contexts.map((context) => context.name).join(', ') || 'another kubeconfig';
  return new CliError('configuration', `There is no context '${name}'; choose ${names}.`);
}

function noneThere(paths: readonly string[]): CliError {
  return new CliError('configuration', `No kubeconfig at ${paths.join(', ')}; give --kubeconfig or set KUBECONFIG.`);
}
