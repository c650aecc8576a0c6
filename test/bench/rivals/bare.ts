/**
 * No controller at all: a client that makes the writes that this operator makes, one after the other for each object. What it reaches is
 * the limit for any controller with these writes; with small CRDs instead of ours it shows what our CRDs cost.
 */
import { fileURLToPath } from 'node:url';
import { podType, secretType } from '../../../src/controllers/resources.ts';
import { untilServed } from '../../support/cluster.ts';
import { readCrds, samples, smallTwin, type Sample } from '../api-costs/kinds.ts';
import { singles, type Arena, type Contestant, type Race, type Starter } from './contestant.ts';

const crdFolder = fileURLToPath(new URL('../../../crds', import.meta.url));
const groups = { ours: 'neu.ro', small: 'small.neu.ro' } as const;
type Variant = keyof typeof groups;

export const bareClients: readonly Contestant[] = [
  contestant('bare-secrets', 'secrets', 'bare client, our writes', 'ours'),
  contestant('bare-secrets-small', 'secrets', 'bare client, small CRD', 'small'),
  contestant('bare-jobs', 'jobs', 'bare client, our writes', 'ours'),
  contestant('bare-jobs-small', 'jobs', 'bare client, small CRD', 'small'),
];

function contestant(id: string, race: Race, title: string, variant: Variant): Contestant {
  return {
    id,
    race,
    title,
    flags: '32 requests at a time',
    burst: 1_000,
    single: singles[race],
    start: (arena) => start(arena, race, variant),
  };
}

async function start(arena: Arena, race: Race, variant: Variant): Promise<Starter> {
  const { test, client } = arena;
  const crds = await readCrds(crdFolder);
  const items = variant === 'ours' ? crds : crds.map((crd) => smallTwin(crd, groups.small));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const applied = await test.kubectl('admin', ['apply', '--server-side', '-f', '-'], list);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await untilServed(
    test.cluster,
    crds.map(({ spec }) => `${spec.names.plural}.${groups[variant]}`),
  );
  const sample = samples.find(({ name }) => name === (race === 'secrets' ? 'UserSecret, sealed' : 'NeuroJob'));
  if (sample === undefined) throw new Error(`there is no sample for ${race}`);
  return {
    product: race === 'secrets' ? secretType : podType,
    pid: undefined,
    prepare: (namespace, name) =>
      Promise.resolve({
        key: `${namespace}/${name}`,
        create: () => writes({ client, race, variant, sample }, namespace, name),
      }),
    stop: () => Promise.resolve(),
  };
}

async function writes(
  { client, race, variant, sample }: Pick<Arena, 'client'> & { race: Race; variant: Variant; sample: Sample },
  namespace: string,
  name: string,
): Promise<void> {
  const { kind, plural, spec, status } = sample;
  const apiVersion = `${groups[variant]}/v1`;
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
  const content = variant === 'small' ? { text: JSON.stringify(spec) } : spec;
  const { metadata } = await client.send<{ readonly metadata: { readonly uid: string } }>({
    method: 'POST',
    path,
    body: { apiVersion, kind, metadata: { namespace, name }, spec: content },
  });
  const owned = {
    namespace,
    name,
    labels: { 'app.kubernetes.io/managed-by': 'bare-client' },
    ownerReferences: [{ apiVersion, kind, name, uid: metadata.uid, controller: true }],
  };
  const data = { DB_PASSWORD: Buffer.from('correct horse battery staple').toString('base64') };
  await client.send({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/secrets`,
    body: { apiVersion: 'v1', kind: 'Secret', metadata: owned, type: 'Opaque', data },
  });
  if (race === 'jobs') {
    const container = { name: 'main', image: 'busybox', command: ['sleep', '1'] };
    await client.send({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods`,
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: owned,
        spec: { restartPolicy: 'Never', containers: [container] },
      },
    });
  }
  await client.send({
    method: 'PATCH',
    path: `${path}/${name}/status?fieldManager=bare-client`,
    contentType: 'application/merge-patch+json',
    body: { status },
  });
}
