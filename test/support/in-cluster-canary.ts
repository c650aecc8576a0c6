/**
 * Looks for secret values where they must not be.
 *
 * Promise: a canary is found in any text as it is, in hexadecimal of either case, and in base64 of either alphabet at every alignment, so
 * also inside of something longer that was encoded whole; percent and JSON encodings leave its core as it is.
 */
export interface Canary {
  readonly name: string;
  /** The part to look for: long enough to stand nowhere by chance, and of characters that no encoding but the above changes. */
  readonly core: Uint8Array;
}

/** Where a text was found; for objects the path of the field. */
export interface Place {
  readonly where: string;
  readonly text: string;
}

export interface Finding {
  readonly where: string;
  readonly canary: string;
  readonly form: string;
}

const shortestCore = 12;

export function canary(name: string, core: string | Uint8Array): Canary {
  const bytes = typeof core === 'string' ? new TextEncoder().encode(core) : core;
  if (bytes.byteLength < shortestCore) throw new RangeError(`the canary ${name} is too short to be told from chance`);
  return { name, core: bytes };
}

interface Pattern {
  readonly canary: string;
  readonly form: string;
  readonly pattern: string;
}

export function patternsOf(canaries: readonly Canary[]): readonly Pattern[] {
  return canaries.flatMap(({ name, core }) => {
    const bytes = Buffer.from(core);
    const forms: readonly (readonly [string, string])[] = [
      ['text', bytes.toString('utf8')],
      ['latin1', bytes.toString('latin1')],
      ['hex', bytes.toString('hex')],
      ['HEX', bytes.toString('hex').toUpperCase()],
      ...[0, 1, 2].flatMap((offset) => [
        [`base64+${String(offset)}`, innerBase64(bytes, offset, 'base64')] as const,
        [`base64url+${String(offset)}`, innerBase64(bytes, offset, 'base64url')] as const,
      ]),
    ];
    return forms
      .filter(([, pattern], at) => forms.findIndex(([, other]) => other === pattern) === at)
      .map(([form, pattern]) => ({ canary: name, form, pattern }));
  });
}

/** The characters of base64 that the bytes alone decide when `offset` bytes of something else stand before them. */
function innerBase64(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, '');
  const first = Math.ceil((offset * 4) / 3);
  const isWhole = (offset + bytes.byteLength) % 3 === 0;
  return text.slice(first, isWhole ? undefined : -1);
}

export function findCanaries(patterns: readonly Pattern[], places: Iterable<Place>): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { where, text } of places) {
    for (const { canary: name, form, pattern } of patterns)
      if (text.includes(pattern)) findings.push({ where, canary: name, form });
  }
  return findings;
}

/** Every text in an object, names of fields too, which hold values in managedFields. */
export function* placesOf(object: unknown, where: string): Generator<Place> {
  if (typeof object === 'string') yield { where, text: object };
  if (typeof object !== 'object' || object === null) return;
  for (const [name, value] of Object.entries(object)) {
    yield { where: `${where} (name of a field)`, text: name };
    yield* placesOf(value, Array.isArray(object) ? `${where}[]` : `${where}.${name}`);
  }
}
