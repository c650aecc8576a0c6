import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { neuroJobType, secretType } from '../../../src/controllers/resources.ts';
import { weightOf } from '../../../src/controllers/user-secret/status.ts';
import { UserSecretWorld, namespace } from './user-secret-world.ts';

const large = 'x'.repeat(1024 * 1024 - 8_192);
let world: UserSecretWorld;
beforeEach(async () => {
  world = new UserSecretWorld();
  await world.start();
});
afterEach(async () => {
  await world.stop();
  expect(world.errors).toEqual([]);
});

const writesOf = (what: RegExp): number => world.writes.filter((write) => what.test(write)).length;

describe('counts of large secrets', () => {
  it('write few megabytes a minute, and are right in the end', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `large-${String(index)}`);
    for (const name of names) await world.apply(name, { value: large });
    const before = writesOf(/status/);
    for (let round = 0; round < 10; round += 1) {
      const spec = {
        image: 'x',
        files: names.map((name) => ({ path: `/s/${name}`, fromSecret: { namespace, name } })),
      };
      world.model.put(neuroJobType, { metadata: { namespace: 'bob', name: `job-${String(round)}` }, spec });
      await world.later(6_000);
    }
    // 2 MiB at once, and 2 MiB in this minute.
    expect(writesOf(/status/) - before).toBeLessThanOrEqual(4);
    expect(world.events.some(({ text }) => text.reason === 'StatusDelayed')).toBe(true);
    await world.later(600_000);
    expect(names.map((name) => world.status(name).usedBy)).toEqual(names.map(() => 10));
  });

  it('do not delay the status of a value', async () => {
    await world.apply('large', { value: large });
    for (let round = 0; round < 10; round += 1) {
      const spec = { image: 'x', env: [{ name: 'S', fromSecret: { namespace, name: 'large' } }] };
      world.model.put(neuroJobType, { metadata: { namespace: 'bob', name: `job-${String(round)}` }, spec });
      await world.later(6_000);
    }
    await world.apply('large', { value: `${large}y` });
    expect(world.status('large')).toMatchObject({ observedGeneration: 2, usedBy: 10 });
  });
});

describe('values that are removed again and again', () => {
  it('are restored up to some megabytes a minute; then the status says that it is later', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `large-${String(index)}`);
    for (const name of names) await world.apply(name, { value: large });
    for (const name of names) await world.remove(secretType, name);
    const missing = (): readonly string[] => names.filter((name) => world.native(name) === undefined);
    expect(missing().length).toBeGreaterThan(6);
    await world.later(600_000);
    expect(missing()).toEqual([]);
    expect(names.map((name) => world.reason(name))).toEqual(names.map(() => 'True Synced'));
  });

  it('of ordinary size are restored at once', async () => {
    for (let round = 0; round < 9; round += 1) {
      await world.apply('small', { value: 'x' });
      await world.remove(secretType, 'small');
      expect(world.value('small')).toBe('x');
    }
  });

  it('of one large Secret that many UserSecrets refer to are written over minutes', async () => {
    await world.makeSecret('source', { key: large });
    const names = Array.from({ length: 12 }, (_, index) => `ref-${String(index)}`);
    for (const name of names) await world.apply(name, { secretKeyRef: { name: 'source', key: 'key' } });
    const there = (): number => names.filter((name) => world.native(name) !== undefined).length;
    expect(there()).toBeLessThan(8);
    expect(names.map((name) => world.reason(name))).toContain('False TooManyWrites');
    await world.later(300_000);
    expect(there()).toBe(12);
  });
});

it('counts alone are a detail; nothing that is new of a generation waits', () => {
  const former = { observedGeneration: 1, usedBy: 1, conditions: [] };
  expect(weightOf(former, { ...former, usedBy: 2, sharedWith: { count: 3 } })).toBe('detail');
  expect(weightOf(former, { ...former, version: 'v2' })).toBe('change');
  expect(weightOf(former, { ...former, observedGeneration: 2 })).toBeUndefined();
});
