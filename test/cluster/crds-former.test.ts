/**
 * Objects from before a rule was there, which the rule refuses: their status is written as before, and they can be changed, labelled and
 * mended. The rule is taken out of the CRD while they are made.
 */
import { beforeAll, expect, test } from 'vitest';
import type { ObjectOfKind } from '../support/api-paths.ts';
import { accepted, onCreate, onMerge } from '../support/api-verdict.ts';
import { applyCrds, testCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/until.ts';

let kube: TestCluster;
let namespace: string;

beforeAll(async () => {
  kube = await testCluster();
  namespace = await kube.makeNamespace('former');
});

interface Rules {
  'x-kubernetes-validations'?: unknown;
  readonly properties: Readonly<Record<string, Rules>>;
}
interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Rules } }[] };
}

/** Makes the object while the CRD has no rules at that field of its spec. */
async function makeWithout(crd: string, field: readonly string[], object: ObjectOfKind): Promise<void> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd}`;
  const found = await kube.request<Crd>({ method: 'GET', path });
  for (const { schema } of found.spec.versions) {
    const at = field.reduce<Rules | undefined>((rules, name) => rules?.properties[name], schema.openAPIV3Schema);
    delete at?.['x-kubernetes-validations'];
  }
  try {
    await kube.request({ method: 'PUT', path, body: found });
    await eventually(
      () => kube.apply('admin', object),
      ({ code }) => code === 0,
      'it is made',
    );
  } finally {
    await applyCrds(kube.cluster);
  }
  const again = { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-again` } };
  await eventually(
    () => onCreate(kube, again),
    (verdict) => !verdict.accepted,
    'the rule is in force again',
  );
}

async function writeStatus(plural: string, name: string): Promise<unknown> {
  return kube.request({
    method: 'PATCH',
    path: `/apis/neu.ro/v1/namespaces/${namespace}/${plural}/${name}/status`,
    contentType: 'application/merge-patch+json',
    body: { status: { observedGeneration: 1, conditions: [] } },
  });
}

test('a UserSecret with a label that no Secret can have', async () => {
  const metadata = { name: 'labelled', namespace };
  const object = { apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata };
  const secretMetadata = { labels: { 'a b': 'c' } };
  await makeWithout('usersecrets.neu.ro', ['spec', 'secretMetadata'], {
    ...object,
    spec: { value: 'x', secretMetadata },
  } as ObjectOfKind);
  expect(await writeStatus('usersecrets', 'labelled')).toMatchObject({ status: { observedGeneration: 1 } });
  const change = (spec: object): Promise<unknown> => onMerge(kube, { ...object, spec } as ObjectOfKind);
  expect(await change({ value: 'y', description: 'd' })).toEqual(accepted);
  expect(await change({ secretMetadata: { labels: { 'd e': 'f' } } })).toMatchObject({
    accepted: false,
    message: expect.stringContaining('the name of a label is at most 63'),
  });
  expect(await change({ secretMetadata: { labels: { 'a b': null, ab: 'c' } } })).toEqual(accepted);
});

test('a NeuroSchedule at a time that is none', async () => {
  const metadata = { name: 'untimed', namespace };
  const object = { apiVersion: 'neu.ro/v1', kind: 'NeuroSchedule', metadata };
  await makeWithout('neuroschedules.neu.ro', ['spec', 'schedule'], {
    ...object,
    spec: { schedule: '99 * * * *', jobTemplate: { name: 'template' } },
  } as ObjectOfKind);
  expect(await writeStatus('neuroschedules', 'untimed')).toMatchObject({ status: { observedGeneration: 1 } });
  const change = (spec: object): Promise<unknown> => onMerge(kube, { ...object, spec } as ObjectOfKind);
  expect(await change({ suspend: true })).toEqual(accepted);
  expect(await change({ schedule: '98 * * * *' })).toMatchObject({
    accepted: false,
    message: expect.stringContaining('the minute is 0 to 59'),
  });
  expect(await change({ schedule: '9 * * * *' })).toEqual(accepted);
});
