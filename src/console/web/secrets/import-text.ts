/** The text of an import: pasted lines, or a file as it is; and whether it may be read here. Pure. */
import { MAX_VALUE_BYTES } from '../../../api/index.ts';
import type { ImportRow } from '../../../client/index.ts';
import { size } from '../parts/bytes.ts';
import { texts } from '../texts.ts';

export type ImportText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly fileName: string; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge'; readonly fileName: string; readonly size: number; readonly former: ImportText };

export const noText: ImportText = { kind: 'text', text: '' };

/** Of a file of variables, in bytes: then no value in it is larger than a value may be. */
export const mostImportBytes = MAX_VALUE_BYTES;
/** Secrets saved at once; each is a request, and a namespace that has more is not managed by hand. */
export const mostImported = 1_000;

export function importBytes(text: ImportText): Uint8Array {
  switch (text.kind) {
    case 'text':
      return new TextEncoder().encode(text.text);
    case 'file':
      return text.bytes;
    case 'tooLarge':
      return new Uint8Array();
    default:
      text satisfies never;
      throw new TypeError('unknown kind');
  }
}

/** Why nothing of it can be saved, as a sentence. */
export function importProblem(
  text: ImportText,
  preview: { readonly rows: readonly ImportRow[]; readonly refusal?: string },
): string | undefined {
  if (text.kind === 'tooLarge') return texts.secrets.import.tooLarge(text.fileName, size(text.size));
  const { length } = importBytes(text);
  if (length > mostImportBytes) return texts.secrets.import.tooLarge('', size(length));
  if (preview.refusal !== undefined) return texts.secrets.import.refused(preview.refusal);
  if (length > 0 && preview.rows.length === 0) return texts.secrets.import.nothing;
  if (preview.rows.length > mostImported) return texts.secrets.import.tooMany(preview.rows.length, mostImported);
  return undefined;
}

/** Several assignments, as they are copied out of a file: for the import, and not for one field. */
export function looksLikeEnvFile(text: string): boolean {
  return (text.match(/^[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=/gm)?.length ?? 0) > 1;
}
