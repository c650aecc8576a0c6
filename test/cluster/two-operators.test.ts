/** Two installations in one cluster, a usual mistake: each takes the other's work for drift. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

interface FoundEvent {
  readonly reason: string;
  readonly note?: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

let world: OperatorWorld;
let first: RunningOperator;
let second: RunningOperator;
let namespace: string;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  first = await startOperator(world.test);
  namespace = await world.test.makeNamespace('fought');
  await world.secret(namespace, 'db', { value: 'x' });
  second = await startOperator(world.test, { namespace: 'neuro-second' });
});

afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
});

/** Looks at an object, in a row, by which it did not change. */
const calmLooks = 100;

it('come to rest between their writes, and say on the object that there is another installation', async () => {
  const events = async (): Promise<readonly FoundEvent[]> => {
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    return (await world.test.request<{ items: readonly FoundEvent[] }>({ method: 'GET', path })).items;
  };
  const told = await world.eventually(
    async () => (await events()).find(({ reason }) => reason === 'StatusContested'),
    (found) => found !== undefined,
    'an event says it',
  );
  expect(told?.regarding).toMatchObject({ kind: 'UserSecret', name: 'db' });
  expect(told?.note).toContain('another installation of this operator');
  let version = '';
  let looks = 0;
  await world.eventually(
    async () => {
      const { resourceVersion = '' } = (await world.get('usersecrets', namespace, 'db'))?.metadata ?? {};
      looks = resourceVersion === version ? looks + 1 : 0;
      version = resourceVersion;
      return looks;
    },
    (seen) => seen >= calmLooks,
    'neither writes for a while',
  );
});
