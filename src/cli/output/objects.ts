/** `-o json|yaml|name`: objects as the API server has them, in kubectl's shapes; what `visible` would show is escaped. */
import type { KubeObject } from '../../kernel/index.ts';
import type { OutputFormat } from '../options.ts';
import { printLines } from './print.ts';
import type { Speaker } from './say.ts';
import { visibleLines } from './visible.ts';

/** True when the format was printed; false where the caller's own table is wanted. */
export async function printObjects(
  speaker: Speaker,
  objects: readonly unknown[],
  { nameOf, isList = true }: { readonly nameOf: (object: never) => string; readonly isList?: boolean },
): Promise<boolean> {
  const format: OutputFormat | undefined = speaker.options.output;
  if (format === undefined || format === 'wide') return false;
  if (format === 'name') {
    printLines(
      speaker,
      objects.map((object) => nameOf(object as never)),
    );
    return true;
  }
  const document = isList ? { apiVersion: 'v1', kind: 'List', items: objects } : objects[0];
  await printDocument(speaker, document, format);
  return true;
}

export async function printDocument(
  { io }: Pick<Speaker, 'io'>,
  document: unknown,
  format: 'json' | 'yaml',
): Promise<void> {
  io.stdout.write(await formatDocument(document, format));
}

/** One after the other, as `kubectl apply -f` reads them. */
export async function printDocuments({ io }: Pick<Speaker, 'io'>, documents: readonly unknown[]): Promise<void> {
  io.stdout.write((await Promise.all(documents.map((each) => formatDocument(each, 'yaml')))).join('---\n'));
}

export async function formatDocument(document: unknown, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return visibleLines(`${JSON.stringify(document, undefined, 2)}\n`);
  const { toYaml } = await import('./yaml.ts');
  return toYaml(document);
}

/** An object of a list with its kind, without the API server's own bookkeeping. */
export function withKind<T extends KubeObject>(
  object: T,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { readonly managedFields?: unknown };
  return { ...object, apiVersion, kind, metadata };
}
