/** Sealing key pairs as Secrets of the operator's namespace, and back. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  ANNOTATION_CREATED_AT,
  LABEL_MANAGED_BY,
  LABEL_SEALING_KEY,
  MANAGED_BY,
  SEALING_KEY_ACTIVE,
} from '../../api/index.ts';
import type { KubeObject } from '../../kernel/index.ts';
import {
  formatHpkeKeyPair,
  generateHpkeKeyPair,
  generateRsaKeyPair,
  importHpkeKeyPair,
  importRsaKeyPair,
  parseHpkeKeyPair,
  selfSignedCertificate,
  SealingError,
  type HpkeKeyPair,
  type RsaKeyPair,
} from '../../sealing/index.ts';
import type { Secret } from '../resources.ts';
import type { ViewMeta } from '../meta-view.ts';
import type { SealingKeyKind, SealingKeyView } from './plan.ts';

const hpkeDataKey = 'hpke.json';
const tlsType = 'kubernetes.io/tls';
/** The validity of a sealed-secrets certificate. kubeseal refuses one that has expired. */
const certificateYears = 10;

export interface SealingKeySecretView extends SealingKeyView, KubeObject {
  readonly metadata: ViewMeta;
}

export function viewSealingKey(secret: Secret): SealingKeySecretView {
  const {
    namespace = '',
    name,
    uid = '',
    resourceVersion = '',
    creationTimestamp = '',
    annotations,
    labels,
  } = secret.metadata;
  const createdAt = annotations?.[ANNOTATION_CREATED_AT] ?? creationTimestamp;
  const createdMs = new Date(createdAt).getTime();
  return {
    metadata: { namespace, name, uid, resourceVersion, creationTimestamp, generation: 0 },
    use: secret.type === tlsType ? 'rsa' : 'hpke',
    createdMs: Number.isNaN(createdMs) ? 0 : createdMs,
    isActive: labels?.[LABEL_SEALING_KEY] === SEALING_KEY_ACTIVE,
  };
}

export type ImportedPair =
  | { readonly kind: 'hpke'; readonly pair: HpkeKeyPair }
  | { readonly kind: 'rsa'; readonly pair: RsaKeyPair; readonly certificatePem: string };

/** Throws a `SealingError` when the Secret holds no pair that can be used. */
export async function importPair(secret: Secret): Promise<ImportedPair> {
  if (secret.type === tlsType) {
    const [privateKeyPem, certificatePem] = [textOf(secret, 'tls.key'), textOf(secret, 'tls.crt')];
    const pair = await importRsaKeyPair(privateKeyPem);
    checkCertificate(secret.metadata.name, certificatePem, privateKeyPem);
    return { kind: 'rsa', pair, certificatePem };
  }
  return { kind: 'hpke', pair: await importHpkeKeyPair(parseHpkeKeyPair(textOf(secret, hpkeDataKey))) };
}

/** What is sealed for the certificate must be opened by the key beside it. */
function checkCertificate(secretName: string, certificatePem: string, privateKeyPem: string): void {
  const problem = certificateProblem(certificatePem, privateKeyPem);
  if (problem === undefined) return;
  throw new SealingError(
    'InvalidKey',
    `The Secret ${secretName} is not used: its tls.crt ${problem}. Restore both from one backup, or delete the Secret.`,
  );
}

function certificateProblem(certificatePem: string, privateKeyPem: string): string | undefined {
  try {
    const isOfKey = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem));
    return isOfKey ? undefined : 'is the certificate of another key than its tls.key';
  } catch {
    return 'is not a certificate';
  }
}

/** A new pair of that kind, as the Secret that keeps it. */
export async function newKeySecret(
  kind: SealingKeyKind,
  namespace: string,
  nowMs: number,
): Promise<Omit<Secret, 'apiVersion' | 'kind'>> {
  const { keyId, type, data } = kind === 'hpke' ? await newHpke() : await newRsa(nowMs);
  return {
    metadata: {
      namespace,
      name: `neuro-sealing-key-${kind}-${keyId}`,
      labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_SEALING_KEY]: SEALING_KEY_ACTIVE },
      annotations: { [ANNOTATION_CREATED_AT]: new Date(nowMs).toISOString() },
    },
    type,
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
  };
}

async function newHpke() {
  const material = await generateHpkeKeyPair();
  return { keyId: material.keyId, type: 'Opaque', data: { [hpkeDataKey]: formatHpkeKeyPair(material) } };
}

async function newRsa(nowMs: number) {
  const material = await generateRsaKeyPair();
  const notAfter = new Date(nowMs);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + certificateYears);
  const certificate = await selfSignedCertificate(material, { notBefore: new Date(nowMs), notAfter });
  return { keyId: material.keyId, type: tlsType, data: { 'tls.key': material.privateKeyPem, 'tls.crt': certificate } };
}

function textOf(secret: Secret, key: string): string {
  const base64 = secret.data?.[key];
  if (base64 === undefined) {
    throw new SealingError(
      'InvalidKey',
      `The Secret ${secret.metadata.name} has no '${key}': restore it from a backup, or delete it.`,
    );
  }
  return Buffer.from(base64, 'base64').toString('utf8');
}
