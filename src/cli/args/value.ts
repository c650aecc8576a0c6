/**
 * Where the value of a secret comes from, byte for byte.
 *
 *     VALUE    the argument itself           @path   the bytes of a file, all of them
 *     -        standard input                @@text  a value that begins with '@'
 *     (none)   a hidden prompt, twice, on a terminal; otherwise standard input
 *
 * From standard input exactly one final line break is removed, with a note; `raw` keeps it. Promise: a missing file is an error, never a value.
 */
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { readNamedFile } from './named-file.ts';
import { MAX_VALUE_BYTES } from '../../api/index.ts';

/** What may be taken off a value of standard input. */
const LINE_BREAK_BYTES = 2;
/** A list of many secrets; nobody keeps so much in one. */
const MAX_SOURCE_BYTES = 64 * 1024 * 1024;

export interface ValueRead {
  readonly bytes: Uint8Array;
  readonly from: 'argument' | 'file' | 'input' | 'prompt';
  readonly tookNewlineOff: boolean;
}

export async function readValue(io: Io, argument: string | undefined, { raw = false } = {}): Promise<ValueRead> {
  if (argument === '-' || (argument === undefined && !io.isInputTerminal))
    return withoutNewline(await readAll(io, MAX_VALUE_BYTES + LINE_BREAK_BYTES), raw);
  if (argument === undefined) {
    const { promptHidden } = await import('./prompt.ts');
    // A paste may end in one.
    return { ...withoutNewline(Buffer.from(await promptHidden(io)), raw), from: 'prompt' };
  }
  if (argument.startsWith('@@')) return fromArgument(argument.slice(1));
  if (argument.startsWith('@')) return { bytes: await readPath(argument), from: 'file', tookNewlineOff: false };
  return fromArgument(argument);
}

/** The bytes of a file, named with or without `@`, or of standard input (`-`), all of them. */
export function readSource(io: Io, source: string): Promise<Uint8Array> {
  return source === '-' ? readAll(io, MAX_SOURCE_BYTES) : readNamedFile(source.replace(/^@/, ''));
}

function fromArgument(text: string): ValueRead {
  return { bytes: Buffer.from(text, 'utf8'), from: 'argument', tookNewlineOff: false };
}

async function readPath(argument: string): Promise<Uint8Array> {
  const path = argument.slice(1);
  if (path === '')
    throw new CliError('notFound', "'@' names no file: write @path, or @@ for a value that begins with '@'.");
  return readNamedFile(path, { hint: `for a value that begins with '@' write '@${argument}'` });
}

async function readAll(io: Io, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of io.stdin as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > limitBytes)
      throw new CliError(
        'illegalArgument',
        `Standard input has more than ${limitBytes} bytes, the most that is taken.`,
      );
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function withoutNewline(bytes: Buffer, raw: boolean): ValueRead {
  const count = raw || bytes.at(-1) !== 0x0a ? 0 : bytes.at(-2) === 0x0d ? 2 : 1;
  return { bytes: bytes.subarray(0, bytes.length - count), from: 'input', tookNewlineOff: count > 0 };
}
