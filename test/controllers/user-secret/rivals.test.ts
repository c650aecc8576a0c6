/** Many UserSecrets that ask for one key, or for one native Secret: what each of them costs. Counts work, not time. */
import { describe, expect, it } from 'vitest';
import { ANNOTATION_OWNER_UID, LABEL_USER_SECRET } from '../../../src/api/index.ts';
import { labelValue } from '../../../src/controllers/ownership.ts';
import type { UserSecretView } from '../../../src/controllers/user-secret-view.ts';
import { Sharing } from '../../../src/controllers/user-secret/sharing.ts';
import { Uses } from '../../../src/controllers/user-secret/uses.ts';
import { userSecretWakes } from '../../../src/controllers/user-secret/wake.ts';
import { watchAll } from '../../../src/controllers/watched.ts';
import { createFingerprint } from '../../../src/controllers/fingerprint.ts';
import { keyOf, KubeClient } from '../../../src/kernel/index.ts';
import { foreignSecretView, nativeOf, userSecretView } from '../../support/builders.ts';
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

function world(by = 'rivals') {
  const clock = new ManualClock();
  const client = new KubeClient({ transport: new InProcessTransport({ model: new ModelApi() }) });
  const watched = watchAll(client, createFingerprint(Buffer.from('key')), { clock });
  const { store } = watched.userSecrets;
  const woken: string[] = [];
  const sources = { watched, sharing: new Sharing(watched.secretGrants.store), uses: new Uses(watched), clock };
  for (const wake of userSecretWakes({ ...sources, onSealingKeys: () => undefined }))
    if (wake.by === by) wake.connect((key) => woken.push(key));
  return { clock, store, secrets: watched.secrets.store, woken };
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

describe('a native Secret whose name a thousand want wakes', () => {
  const wanting = (age: number, name?: string) => {
    const view = rival(age, age, name === undefined ? {} : { name });
    return { ...view, key: view.metadata.name, secretName: 'shared' };
  };
  const owner = wanting(500);
  const native = nativeOf(owner, { metadata: { uid: 'native', resourceVersion: '2001' } });
  const eldest = keyOf(wanting(1).metadata);

  function contested(by?: string) {
    const made = world(by ?? 'its native Secret');
    for (const age of ages) made.store.set(wanting(age));
    return made;
  }

  it('the eldest alone, while nobody has it', () => {
    const { secrets, woken } = contested();
    secrets.set(foreignSecretView({ metadata: { name: 'shared', ownerReferences: [] } }));
    expect(woken).toEqual([eldest]);
  });

  it('the one that has it and the eldest, when it comes, changes and goes', () => {
    const { secrets, woken } = contested();
    const both = [eldest, keyOf(owner.metadata)];
    secrets.set(native);
    expect(woken.splice(0)).toEqual(both);
    secrets.set({ ...native, metadata: { ...native.metadata, resourceVersion: '2002' }, immutable: true });
    expect(woken.splice(0)).toEqual(both);
    secrets.delete('alice/shared');
    expect(woken).toEqual(both);
  });

  it('the eldest when it goes after the one that had it', () => {
    const { store, secrets, woken } = contested();
    secrets.set(native);
    store.delete(keyOf(owner.metadata));
    woken.length = 0;
    secrets.delete('alice/shared');
    expect(woken).toEqual([eldest]);
  });

  it('the former and the new one, when somebody gives it to another', () => {
    const { secrets, woken } = contested();
    secrets.set(native);
    woken.length = 0;
    const other = wanting(700);
    secrets.set(nativeOf(other, { metadata: { uid: 'native', resourceVersion: '2002' } }));
    expect(woken).toEqual([eldest, keyOf(owner.metadata), keyOf(other.metadata)]);
  });

  it.each(['restored', 'r'.repeat(100)])('the one that it is labelled with, as in a backup: %s', (name) => {
    const { store, secrets, woken } = contested();
    const restored = wanting(2_000, name);
    store.set(restored);
    const labels = { [LABEL_USER_SECRET]: labelValue(name) };
    const annotations = { [ANNOTATION_OWNER_UID]: 'former' };
    secrets.set(nativeOf(owner, { ownerUid: 'former', metadata: { labels, annotations, ownerReferences: [] } }));
    expect(woken).toEqual([eldest, keyOf(restored.metadata)]);
  });

  it('nobody who wants another name, whatever its owner and its label say', () => {
    const { store, secrets, woken } = contested();
    const other = rival(3_000, 3_000, { namespace: 'bob' });
    store.set(other);
    const labels = { [LABEL_USER_SECRET]: other.metadata.name };
    const annotations = { [ANNOTATION_OWNER_UID]: other.metadata.uid };
    secrets.set(
      nativeOf(owner, { ownerUid: other.metadata.uid, metadata: { labels, annotations, ownerReferences: [] } }),
    );
    expect(woken).toEqual([eldest]);
  });

  it('templates of the one that has it, and of none of the others', () => {
    const { store, secrets, woken } = contested('parts of its template');
    for (const age of [1, 400, 500, 600]) {
      const { name } = wanting(age).metadata;
      const metadata = { name: `of-${name}`, uid: `of-${name}`, resourceVersion: '1500' };
      store.set(userSecretView({ sourceKind: 'template', parts: [{ name: 'part', secret: name }], metadata }));
    }
    woken.length = 0;
    secrets.set(native);
    expect(woken).toEqual(['alice/of-rival-000001', 'alice/of-rival-000500']);
  });
});
