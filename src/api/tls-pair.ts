/**
 * A certificate pair as one value: the private key, the certificates, and those of the authority after a line `# ca.crt`, all in PEM. Tools
 * that read key and certificates from one file take it as it is. The native Secret has the parts beside it, as Kubernetes wants them.
 *
 * Promise: `splitPair(joinPair(parts))` is `parts` with line breaks of one kind. A problem never repeats a text.
 */
import type { SecretReference } from './secret-reference.ts';

export const TLS_TYPE = 'kubernetes.io/tls' as const;
/** The key of the whole value in the native Secret. */
export const TLS_KEY = 'tls-combined.pem';
/** Keys of the parts, there and in `fromSecret.part` of a job. */
export const TLS_PARTS = ['tls.crt', 'tls.key', 'ca.crt'] as const;
/** Bytes: a pair has some 5 KiB, one with a long chain 20. It is in memory as a whole and in parts. */
export const MAX_PAIR_BYTES = 256 * 1024;

export type TlsPart = (typeof TLS_PARTS)[number];
export type TlsParts = { readonly [part in TlsPart]?: string };

/** Why a text is no pair, without a full stop; a page in another language brings its own words. */
interface PairWords {
  readonly tooLarge: (limit: string) => string;
  readonly keys: (count: string) => string;
  readonly encrypted: string;
  readonly noCertificate: string;
}
export const pairWords: PairWords = {
  tooLarge: (limit) => `a certificate pair has at most ${limit}`,
  keys: (count) => `a certificate pair holds one private key in PEM without a passphrase; found ${count}`,
  encrypted: 'the private key is encrypted; decrypt it first, since no one could enter the passphrase',
  noCertificate: 'a certificate pair holds at least one certificate in PEM',
};

const CA_MARK = '# ca.crt';
const CA_LINE = /^# ca\.crt[ \t]*\r?$/m;
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[ \t]*\r?\n([A-Za-z0-9+/=\r\n]*)-----END \1-----/g;

export function isTlsPart(name: string): name is TlsPart {
  return (TLS_PARTS as readonly string[]).includes(name);
}

/** The text of a pair from the texts of its files. */
export function joinPair(parts: TlsParts): string {
  const ca = parts['ca.crt'];
  return [parts['tls.key'], parts['tls.crt'], ...(ca === undefined || ca === '' ? [] : [CA_MARK, ca])]
    .map((text = '') => text.trim())
    .join('\n')
    .concat('\n');
}

/** The parts of a pair, or why the text is none. Whether key and certificate belong together is another question. */
export function splitPair(
  text: string,
  words: PairWords = pairWords,
): { readonly parts: TlsParts } | { readonly problem: string } {
  if (text.length > MAX_PAIR_BYTES) return { problem: words.tooLarge(`${String(MAX_PAIR_BYTES / 1024)} KiB`) };
  const mark = text.search(CA_LINE);
  const own = blocksOf(mark === -1 ? text : text.slice(0, mark));
  const authority = mark === -1 ? [] : blocksOf(text.slice(mark));
  const keys = own.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [key] = keys;
  if (key === undefined || keys.length > 1) return { problem: words.keys(String(keys.length)) };
  if (key.label.startsWith('ENCRYPTED')) return { problem: words.encrypted };
  const certificates = own.filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0) return { problem: words.noCertificate };
  const authorities = authority.filter(({ label }) => label === 'CERTIFICATE');
  return {
    parts: {
      'tls.crt': textOf(certificates),
      'tls.key': textOf([key]),
      ...(authorities.length === 0 ? {} : { 'ca.crt': textOf(authorities) }),
    },
  };
}

/** As it is written after the name of a secret: `secret:web#tls.crt`. */
export function partSuffix({ part }: SecretReference): string {
  return part === undefined ? '' : `#${part}`;
}

interface Block {
  readonly label: string;
  readonly text: string;
}

function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    text: `-----BEGIN ${label}-----\n${body.replaceAll('\r', '').trim()}\n-----END ${label}-----\n`,
  }));
}

function textOf(blocks: readonly Block[]): string {
  return blocks.map(({ text }) => text).join('');
}
