/** Many UserSecrets that ask for one key: what each of them costs. Counts work, not time. */
import { expect, it } from 'vitest';
import type { UserSecretView } from '../../../src/controllers/user-secret-view.ts';
import { Sharing } from '../../../src/controllers/user-secret/sharing.ts';
import { Uses } from '../../../src/controllers/user-secret/uses.ts';
import { userSecretWakes } from '../../../src/controllers/user-secret/wake.ts';
import { watchAll } from '../../../src/controllers/watched.ts';
import { createFingerprint } from '../../../src/controllers/fingerprint.ts';
import { KubeClient } from '../../../src/kernel/index.ts';
import { userSecretView } from '../../support/builders.ts';
import { InProcessTransport } from '../../support/in-process-transport.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ModelApi } from '../../support/model-api.ts';

const many = 1_000;

/** The one of that age: the higher, the younger. */
function rival(age: number, resourceVersion: number, metadata: Partial<UserSecretView['metadata']> = {}) {
  const text = String(age).padStart(6, '0');
  const creationTimestamp = new Date(age * 1_000).toISOString();
  const own = { name: `rival-${text}`, uid: text, creationTimestamp, resourceVersion: String(resourceVersion) };
  return userSecretView({ key: 'db', metadata: { ...own, ...metadata } });
}

function world() {
  const clock = new ManualClock();
  const client = new KubeClient({ transport: new InProcessTransport({ model: new ModelApi() }) });
  const watched = watchAll(client, createFingerprint(Buffer.from('key')), { clock });
  const { store } = watched.userSecrets;
  const woken: string[] = [];
  const sources = { watched, sharing: new Sharing(watched.secretGrants.store), uses: new Uses(watched), clock };
  for (const wake of userSecretWakes({ ...sources, onSealingKeys: () => undefined }))
    if (wake.by === 'rivals') wake.connect((key) => woken.push(key));
  return { clock, store, woken };
}

const ages = Array.from({ length: many }, (_, index) => index + 1);

it.each([
  ['the elder first, wake none of the others', ages, 0],
  ['the younger first, wake a few each, and all once', [...ages].reverse(), many],
])('that come, %s', async (_what, coming, all) => {
  const { clock, store, woken } = world();
  for (const [index, age] of coming.entries()) store.set(rival(age, index + 1));
  expect(woken.length).toBeLessThanOrEqual(4 * many);
  woken.length = 0;
  await clock.advance(1_000);
  expect(woken).toHaveLength(all);
  expect(new Set(woken).size).toBe(all);
});

it('that go, the elder first, wake a few each, and all once', async () => {
  const { clock, store, woken } = world();
  for (const [index, age] of ages.entries()) store.set(rival(age, index + 1));
  await clock.advance(1_000);
  woken.length = 0;
  for (const age of ages.slice(0, many - 10)) store.delete(`alice/${rival(age, 0).metadata.name}`);
  expect(woken.length).toBeLessThanOrEqual(4 * many);
  woken.length = 0;
  await clock.advance(1_000);
  expect(woken).toHaveLength(10);
});

it('wake the eldest at once when it has the key, also where the one before it stays until its finalizer goes', () => {
  const { store, woken } = world();
  for (const age of [1, 2, 3]) store.set(rival(age, age));
  woken.length = 0;
  store.set(rival(1, 4, { deletionTimestamp: '2026-01-01T00:00:00Z' }));
  expect(woken).toContain('alice/rival-000002');
  expect(store.firstByIndex('called', 'alice/db', 3).map(({ metadata }) => metadata.uid)).toEqual([
    '000002',
    '000003',
    '000001',
  ]);
});
