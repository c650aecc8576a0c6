/** The certificate pair of a UserSecret of type `kubernetes.io/tls`: checked before it is in force, and its parts in the native Secret. */
import { X509Certificate } from 'node:crypto';
import { joinPair, ownValue, splitPair, TLS_PARTS, TLS_TYPE } from '../../api/index.ts';
import { SecretValue } from '../../kernel/index.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { readTlsKey } from './private-key.ts';

type Data = Readonly<Record<string, string>>;

/** The pair in its one form, or why the value is none. */
export function checkPair(value: SecretValue): SecretValue | { readonly problem: string } {
  const split = splitPair(Buffer.from(value.reveal()).toString('utf8'));
  if ('problem' in split) return split;
  const { parts } = split;
  try {
    const certificate = new X509Certificate(parts['tls.crt'] ?? '');
    if (!certificate.checkPrivateKey(readTlsKey(parts['tls.key'] ?? '')))
      return { problem: 'the private key is not the one of the certificate' };
  } catch {
    // The error of the library could repeat what it read.
    return { problem: 'the certificate or the private key is damaged, or of a kind that is not known' };
  }
  return SecretValue.fromUtf8(joinPair(parts));
}

/** The pair of somebody's Secret; undefined where it has none. In base64, as the API server has it. */
export function pairIn(data: Data | null | undefined): SecretValue | undefined {
  const parts = Object.fromEntries(
    TLS_PARTS.flatMap((part) => {
      const base64 = ownValue(data, part);
      return base64 === undefined ? [] : [[part, Buffer.from(base64, 'base64').toString('utf8')] as const];
    }),
  );
  return (parts['tls.crt'] ?? '') === '' || (parts['tls.key'] ?? '') === ''
    ? undefined
    : SecretValue.fromUtf8(joinPair(parts));
}

/** Keys that are the parts of its value. */
export function pairKeys({ type }: Pick<UserSecretView, 'type'>): readonly string[] {
  return type === TLS_TYPE ? TLS_PARTS : [];
}

/** The parts of a value, in base64; none where the value is no pair. */
export function pairData(userSecret: Pick<UserSecretView, 'type'>, base64: string): Data {
  if (userSecret.type !== TLS_TYPE) return {};
  const split = splitPair(Buffer.from(base64, 'base64').toString('utf8'));
  if ('problem' in split) return {};
  return Object.fromEntries(
    Object.entries(split.parts).map(([part, text]) => [part, Buffer.from(text).toString('base64')]),
  );
}
