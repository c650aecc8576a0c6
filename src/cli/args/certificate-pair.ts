/** `--cert FILE --key FILE [--ca FILE]`: a certificate pair as one value. */
import { joinPair, splitPair, type UserSecret } from '../../api/index.ts';
import { CliError } from '../errors.ts';
import { readNamedFile } from './named-file.ts';
import type { ValueRead } from './value.ts';

export interface PairOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  /** The value, or what it is a copy of, is a pair in one text. */
  readonly tls?: boolean;
}

export function isPairWanted({ cert, key, tls }: PairOptions): boolean {
  return cert !== undefined || key !== undefined || tls === true;
}

/** Both files, or none. */
export function checkPairOptions({ cert, key, ca }: PairOptions, argument: string | undefined): void {
  if (cert === undefined && key === undefined && ca === undefined) return;
  if (cert === undefined || key === undefined || argument !== undefined)
    throw new CliError('usage', 'A certificate pair takes --cert FILE and --key FILE, and no VALUE.');
}

/** Undefined where no files are named. */
export async function readPair({ cert, key, ca }: PairOptions): Promise<ValueRead | undefined> {
  if (cert === undefined || key === undefined) return undefined;
  const read = async (path: string): Promise<string> => (await readNamedFile(path)).toString('utf8');
  const text = joinPair({
    'tls.crt': await read(cert),
    'tls.key': await read(key),
    ...(ca === undefined ? {} : { 'ca.crt': await read(ca) }),
  });
  const split = splitPair(text);
  if ('problem' in split) throw new CliError('value', `${cert}, ${key}: ${split.problem}.`);
  return { bytes: Buffer.from(joinPair(split.parts)), from: 'file', tookNewlineOff: false };
}

/** Kubernetes changes no type. */
export function checkType(existing: UserSecret, type: string | undefined): void {
  if (type === undefined || existing.spec.type === type) return;
  throw new CliError(
    'illegalArgument',
    `Secret '${existing.metadata.name}' is there with the type ${existing.spec.type ?? 'Opaque'}, which cannot change; remove it first, or choose another name.`,
  );
}
