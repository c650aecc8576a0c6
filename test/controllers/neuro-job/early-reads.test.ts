/** What is read of a secret while the API server is asked whether the job may use it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API_VERSION } from '../../../src/api/index.ts';
import { podType, roleBindingType } from '../../../src/controllers/resources.ts';
import { addGrant, borrows } from './controller-cases.ts';
import { JobWorld } from './job-world.ts';

let world: JobWorld;
/** How often the value had been read when access was asked, for each question. */
let readsWhenAsked: number[];
beforeEach(() => {
  world = new JobWorld();
  world.addSecret('db-password', 'p@ss');
  readsWhenAsked = [];
  const { review } = world;
  world.review = (spec) => {
    readsWhenAsked.push(reads());
    return review(spec);
  };
});
afterEach(() => world.stop());

const reads = (): number =>
  world.requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/alice/secrets/db-password')).length;

/** Alice's grant to Bob's jobs, with its RoleBinding. */
function grant(): void {
  const { metadata } = addGrant(world);
  world.model.put(roleBindingType, {
    metadata: {
      namespace: 'alice',
      name: 'neuro-grant-to-bob',
      labels: { 'neu.ro/managed-by': 'neuro-operator' },
      ownerReferences: [
        { apiVersion: API_VERSION, kind: 'SecretGrant', name: 'to-bob', uid: metadata.uid ?? '', controller: true },
      ],
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'neuro-grant-to-bob' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:serviceaccounts:bob' }],
  });
}

test('a value that a grant gives is read while access is asked, and once in all', async () => {
  grant();
  world.granted.add('alice/db-password');
  await world.start();
  world.addJob(borrows);
  await world.clock.advance(10);
  expect(readsWhenAsked[0]).toBe(1);
  expect(reads()).toBe(1);
  expect(world.model.all(podType)).toHaveLength(1);
});

test('where the API server refuses in spite of the grant, the value is not copied', async () => {
  grant();
  await world.start();
  world.addJob(borrows);
  await world.clock.advance(5_000);
  expect(readsWhenAsked.length).toBeGreaterThan(1);
  expect(reads()).toBe(1);
  expect(world.made).toEqual([]);
  expect(world.job().status.reason).toBe('MissingSecrets');
});

test('without a grant, nothing is read before access is known', async () => {
  await world.start();
  world.addJob(borrows);
  await world.clock.advance(5_000);
  expect(readsWhenAsked.length).toBeGreaterThan(0);
  expect(reads()).toBe(0);
});

test('what the administrator allows is read when access is known', async () => {
  world.granted.add('alice/db-password');
  await world.start();
  world.addJob(borrows);
  await world.clock.advance(10);
  expect(readsWhenAsked[0]).toBe(0);
  expect(reads()).toBe(1);
  expect(world.model.all(podType)).toHaveLength(1);
});
