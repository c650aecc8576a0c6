/** What the scenes of tags and sources show: secrets with many tags, and values of every source. */
import {
  joinPair,
  SEALING_RECIPIENTS_CONFIG_MAP,
  SEALING_RECIPIENTS_ENTRY,
  TLS_KEY,
  TLS_TYPE,
} from '../../src/api/index.ts';
import { configMapType, neuroJobType, secretType, userSecretType } from '../../src/controllers/resources.ts';
import { formatPublicKeys, generateHpkeKeyPair, importHpkeKeyPair } from '../../src/sealing/index.ts';
import type { ModelCluster } from '../support/console/model-cluster.ts';
import { newPair, pairData } from '../support/certificate-pair.ts';
import { putSecret } from '../e2e/sources-page.ts';

const namespace = 'alice';
const mostTags = 20;

export function fillTags(cluster: ModelCluster): void {
  const tagged = (name: string, labels: Readonly<Record<string, string>>): void =>
    cluster.put(userSecretType, { metadata: { namespace, name, generation: 1, labels }, spec: { value: 'x' } });
  const long = Array.from({ length: mostTags }, (_, index) => [
    `tag-${String(index)}-${'of-sixty-characters-'.repeat(3)}`.slice(0, 59).concat('x'),
    index % 2 === 0 ? '' : `value-${'as-long-as-it-may-be-'.repeat(3)}`.slice(0, 62).concat('x'),
  ]);
  tagged('tagged', Object.fromEntries(long) as Readonly<Record<string, string>>);
  tagged('tagged-too', { team: 'reports', urgent: '' });
  tagged('tagged-as-well', { team: 'billing', urgent: '', year: '2027' });
}

export async function fillSources(cluster: ModelCluster): Promise<void> {
  putSecret(cluster, 'user', { value: 'app' });
  putSecret(cluster, 'dsn', {
    template: {
      text: 'postgres://$(user):$(password)@db.example.com/app',
      parts: [
        { name: 'user', secret: 'user', encode: 'Percent' },
        { name: 'password', secret: 'db-password', encode: 'Percent' },
      ],
    },
  });
  const pair = await newPair('web.example.com');
  putSecret(cluster, 'web', { key: TLS_KEY, type: TLS_TYPE, value: joinPair(pair) });
  cluster.put(configMapType, { metadata: { namespace, name: 'settings' }, data: { host: 'db', port: '5432' } });
  cluster.put(configMapType, { metadata: { namespace, name: 'feature-flags' }, data: { dark: 'on' } });
  cluster.put(secretType, {
    metadata: { namespace, name: 'vendor' },
    type: 'Opaque',
    data: { token: 'eA==', user: 'eA==', 'db-password': 'eA==', empty: '', 'not a key': 'eA==' },
  });
  cluster.put(secretType, { metadata: { namespace, name: 'gateway' }, type: TLS_TYPE, data: pairData(pair) });
  for (const name of ['rotate-db', 'rotate-registry'])
    cluster.put(neuroJobType, { metadata: { namespace, name }, spec: { image: 'busybox:1', suspend: true } });
  const recovery = await Promise.all([generateHpkeKeyPair('x25519'), generateHpkeKeyPair('x25519')]);
  const keys = await Promise.all(recovery.map(importHpkeKeyPair));
  cluster.put(configMapType, {
    metadata: { namespace: 'neuro-system', name: SEALING_RECIPIENTS_CONFIG_MAP },
    data: {
      [SEALING_RECIPIENTS_ENTRY]: formatPublicKeys(
        keys.map(({ suite, keyId, publicKey }) => ({
          ...{ suite, keyId, publicKey },
          ...{ createdAt: '2026-11-01T00:00:00Z', active: true },
        })),
      ),
    },
  });
}
