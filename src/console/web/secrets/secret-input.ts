/** What the user gives as the value of a secret: text, the bytes of a file, or how the operator shall make one. */
import { MAX_VALUE_BYTES, type UserSecretGenerate } from '../../../api/index.ts';
import { isDuration } from '../../../api/index.ts';
import { size } from '../parts/bytes.ts';
import { texts } from '../texts.ts';

export type SecretInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly fileName: string; readonly bytes: Uint8Array }
  | { readonly kind: 'generate'; readonly generate: UserSecretGenerate }
  /** A file that is too large to be a value; what was given before it is not lost. */
  | { readonly kind: 'refused'; readonly fileName: string; readonly size: number; readonly former: SecretInput };

export const emptyInput: SecretInput = { kind: 'text', text: '' };

const encoder = new TextEncoder();

/** The bytes, exactly as they were given; undefined where the operator makes them. */
export function bytesOf(input: SecretInput): Uint8Array | undefined {
  switch (input.kind) {
    case 'text':
      return encoder.encode(input.text);
    case 'file':
      return input.bytes;
    case 'generate':
    case 'refused':
      return undefined;
    default:
      input satisfies never;
      throw new TypeError('unknown kind');
  }
}

/** Why it cannot be a value; undefined when it can. */
export function inputProblem(input: SecretInput): string | undefined {
  if (input.kind === 'generate') {
    const { length, rotateEvery } = input.generate;
    if (length !== undefined && !(length >= 8 && length <= 1024)) return texts.value.badLength;
    if (rotateEvery !== undefined && !isDuration(rotateEvery)) return texts.value.badDuration;
    return undefined;
  }
  if (input.kind === 'refused') return texts.value.tooLarge(size(input.size));
  const bytes = bytesOf(input) ?? new Uint8Array();
  if (bytes.length === 0) return texts.value.empty;
  if (bytes.length > MAX_VALUE_BYTES) return texts.value.tooLarge(size(bytes.length));
  return undefined;
}

/** `12 bytes · 2 lines · ends with a line break`: what one cannot see in a masked field. */
export function describeInput(input: SecretInput): readonly string[] {
  if (input.kind === 'generate' || input.kind === 'refused') return [];
  if (input.kind === 'file') return [input.fileName, size(input.bytes.length)];
  if (input.text === '') return [];
  const lines = input.text.split('\n').length;
  return [
    size(encoder.encode(input.text).length),
    ...(lines > 1 ? [texts.value.lines(lines)] : []),
    ...(/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(input.text) ? [texts.value.privateKey] : []),
    ...(input.text.endsWith('\n') ? [texts.value.endsWithBreak] : []),
    ...(/^\s|[^\S\n]$/.test(input.text) ? [texts.value.outerSpace] : []),
  ];
}

/** `KEY=value` pasted where the key belongs: both of them. */
export function splitPasted(text: string): { readonly key: string; readonly value: string } | undefined {
  const [, key, value] = /^\s*(?:export\s+)?([A-Za-z0-9_.-]{1,253})=(.+)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined || /\n[A-Za-z0-9_.-]+=/.test(value)) return undefined;
  const trimmed = value.replace(/\r?\n$/, '');
  return { key, value: /^(["']).*\1$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed };
}
