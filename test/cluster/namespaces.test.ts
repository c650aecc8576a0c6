/** An operator that serves chosen namespaces, with the rights that the chart gives it then: none outside of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCluster } from '../support/cluster.ts';
import { buildHelmLimitMs, render, type Rendered } from '../support/helm.ts';
import { operatorNamespace, startOperator, type RunningOperator } from '../support/operator.ts';
import { collectedWithinMs, jobIn, operatorWorld, type OperatorWorld } from '../support/operator-world.ts';

const account = `system:serviceaccount:${operatorNamespace}:neuro-operator`;

let world: OperatorWorld;
let operator: RunningOperator;
let alice: string;
let bob: string;
/** Not served. */
let carol: string;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  alice = await world.test.makeNamespace('alice');
  bob = await world.test.makeNamespace('bob', { 'neu.ro/user': 'bob' });
  carol = await world.test.makeNamespace('carol', { 'neu.ro/user': 'bob' });
  await world.create('usersecrets', carol, { metadata: { name: 'before' }, spec: { value: 'x' } });
  const objects = await render({ rbac: { namespaces: [alice, bob] } });
  const rights = objects.filter(({ kind }) => kind.startsWith('Role') || kind.startsWith('ClusterRole'));
  operator = await startOperator(world.test, { rights, args: [argumentOf(objects)] });
}, buildHelmLimitMs);

afterAll(() => operator.stop());

describe('a namespace that is served', () => {
  test('has its secrets, its grants and its discovery', async () => {
    await world.secret(alice, 'db', { generate: { type: 'Hex' } });
    await world.grant(alice, 'to-bob', { secret: 'db', subject: { kind: 'User', name: 'bob' } });
    await world.eventually(
      () => world.mayI(jobIn(bob), 'use', alice, 'db'),
      (may) => may,
      'jobs of bob may use it',
    );
    await world.secret(alice, 'made-later', { value: 'x' });
    const shared = (found: { readonly data?: object } | undefined): boolean =>
      Object.keys(found?.data ?? {}).length === 1;
    await world.until('configmaps', bob, 'neuro-shared-with-me', shared, 'bob sees it');
    await world.remove('secretgrants', alice, 'to-bob');
    await world.eventually(
      () => world.mayI(jobIn(bob), 'use', alice, 'db'),
      (may) => !may,
      'no more',
    );
  });

  test('is found again after its secret was deleted and created again', async () => {
    await world.remove('usersecrets', alice, 'db');
    await world.until(
      'secrets',
      alice,
      'db',
      (found) => found === undefined,
      'the native Secret is gone',
      collectedWithinMs,
    );
    await world.secret(alice, 'db', { generate: { type: 'Hex' } });
  });
});

describe('a namespace that is not', () => {
  test('has nothing done in it, and its people no home', async () => {
    await world.create('usersecrets', carol, { metadata: { name: 'after' }, spec: { value: 'x' } });
    await world.grant(alice, 'again', { secret: 'db', subject: { kind: 'User', name: 'bob' } });
    await world.eventually(
      () => world.mayI(jobIn(bob), 'use', alice, 'db'),
      (may) => may,
      'jobs of bob may use it',
    );
    await world.secret(alice, 'made-last', { value: 'x' });
    expect(await world.mayI(jobIn(carol), 'use', alice, 'db')).toBe(false);
    for (const name of ['before', 'after']) {
      expect(await world.get('secrets', carol, name)).toBeUndefined();
      expect((await world.get('usersecrets', carol, name))?.status?.conditions).toBeUndefined();
    }
    expect(await world.get('configmaps', carol, 'neuro-shared-with-me')).toBeUndefined();
  });

  test.each(['secrets', 'configmaps', 'pods', 'rolebindings'])('shows the operator no %s', async (plural) => {
    const may = async (namespace: string): Promise<string> => {
      const args = ['auth', 'can-i', 'list', plural, '-n', namespace, '--as', account];
      return (await world.test.kubectl('admin', args)).stdout.trim();
    };
    expect([await may(alice), await may(operatorNamespace), await may(carol)]).toEqual(['yes', 'yes', 'no']);
  });
});

test('nothing that it asked for was refused', async () => {
  expect(await operator.metric('rest_client_requests_total', { code: '403' })).toBe(0);
});

function argumentOf(objects: readonly Rendered[]): string {
  const spec = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'neuro-operator')
    ?.spec as {
    template: { spec: { containers: [{ args: string[] }] } };
  };
  const found = spec.template.spec.containers[0].args.find((arg) => arg.startsWith('--namespaces='));
  if (found === undefined) throw new Error('the chart does not say which namespaces are served');
  return found;
}
