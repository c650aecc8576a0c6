import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { neuroJobType, secretType, userSecretType } from '../../../src/controllers/resources.ts';
import { mostUses, recordedUses, usesDueMs, type Use } from '../../../src/controllers/user-secret/uses.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { UserSecretWorld } from './user-secret-world.ts';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 25) + seconds * 1_000).toISOString();
const use = (by: string, seconds: number): Use =>
  deepFreeze({ by, lastAt: at(seconds), lastJob: `job-${String(seconds)}` });

describe('the record', () => {
  it('has one entry for each service account, the latest first, and no more than its limit', () => {
    const all = Array.from({ length: 40 }, (_, index) => use(`bob/robot-${String(index % 20)}`, index));
    const record = recordedUses({}, all, Date.parse(at(100)));
    expect(record).toHaveLength(mostUses);
    expect(record[0]).toEqual(use('bob/robot-19', 39));
    expect(new Set(record.map(({ by }) => by)).size).toBe(mostUses);
  });

  it('stays as it is while it is young, and says when it is due', () => {
    const uses = [use('bob/default', 0)];
    const pending = [use('bob/default', 10)];
    expect(recordedUses({ uses }, pending, Date.parse(at(59)))).toBe(uses);
    expect(usesDueMs({ uses }, pending, Date.parse(at(59)))).toBe(Date.parse(at(60)));
    expect(recordedUses({ uses }, pending, Date.parse(at(60)))).toEqual(pending);
    expect(usesDueMs({ uses }, [], Date.parse(at(59)))).toBeUndefined();
  });

  it('takes new uses up although a clock that was ahead wrote the last one', () => {
    const aheadSeconds = 365 * 24 * 3_600;
    const uses = [use('bob/default', aheadSeconds), use('bob/robot', aheadSeconds)];
    const pending = [use('bob/default', 10)];
    expect(usesDueMs({ uses }, pending, Date.parse(at(11)))).toBeUndefined();
    expect(recordedUses({ uses }, pending, Date.parse(at(11)))).toEqual([use('bob/default', 10), uses[1]]);
  });
});

describe('uses by jobs', () => {
  let world: UserSecretWorld;
  beforeEach(async () => {
    world = new UserSecretWorld();
    await world.start();
    await world.apply('db', { value: 'x' });
  });
  afterEach(async () => {
    await world.stop();
    expect(world.errors).toEqual([]);
  });

  let count = 0;
  const start = async (more: object = {}, spec: object = {}): Promise<string> => {
    const name = `job-${String((count += 1))}`;
    const secrets = [{ namespace: 'alice', name: 'db', key: 'db', version: 'v1' }];
    world.model.put(neuroJobType, {
      metadata: { namespace: 'bob', name },
      spec: { image: 'x', ...spec },
      status: { secrets, startTime: world.now, ...more },
    });
    await world.rest();
    return name;
  };

  it('are recorded after a clock that was ahead was put right', async () => {
    const yearMs = 365 * 24 * 3_600_000;
    world.clock.jump(yearMs);
    await start();
    await world.later(5_000);
    world.clock.jump(-yearMs);
    const lastAt = world.now;
    const lastJob = await start();
    await world.later(5_000);
    expect(world.status('db')).toMatchObject({ lastUsedAt: lastAt, uses: [{ lastJob }] });
  });

  it('are recorded with their time, subject and version', async () => {
    const lastAt = world.now;
    const lastJob = await start({}, { serviceAccountName: 'robot' });
    await world.later(5_000);
    expect(world.status('db')).toMatchObject({
      lastUsedAt: lastAt,
      uses: [{ by: 'bob/robot', lastAt, lastJob, version: 'v1' }],
    });
  });

  it('of a job that ends as soon as it starts are recorded', async () => {
    const name = await start({ startTime: undefined });
    const former = world.model.get(neuroJobType, { namespace: 'bob', name });
    world.model.put(neuroJobType, {
      ...former,
      metadata: { namespace: 'bob', name },
      status: {
        secrets: [{ namespace: 'alice', name: 'db', key: 'db', version: 'v1' }],
        startTime: world.now,
        finishTime: world.now,
      },
    });
    await world.later(5_000);
    expect(world.status('db').uses?.map(({ lastJob }) => lastJob)).toEqual([name]);
  });

  it('of a secret that is gone are none of one that is made under its name later', async () => {
    const secrets = (name: string, uid: string) => ({ secrets: [{ namespace: 'alice', name, version: 'v1', uid }] });
    await start(secrets('later', 'uid-of-a-former-one'));
    await start(secrets('db', 'uid-of-a-former-one'));
    await world.apply('later', { value: 'x' });
    await world.later(5_000);
    expect([world.status('later').uses, world.status('db').uses]).toEqual([undefined, undefined]);
    const lastJob = await start(secrets('db', (await world.apply('db', { value: 'y' })).metadata.uid));
    await world.later(5_000);
    expect(world.status('db').uses).toMatchObject([{ lastJob }]);
  });

  it.each([
    ['counts', 1, [{ by: 'web', lastCopy: 'c', version: 'v1' }]],
    ['does not count while its status is about another source', 2, undefined],
  ])('a copy %s', async (_how, generation, expected) => {
    const metadata = { namespace: 'web', name: 'c' };
    world.model.put(secretType, {
      metadata: {
        ...metadata,
        labels: { 'neu.ro/managed-by': 'neuro-operator' },
        annotations: { 'neu.ro/copied-from': 'alice/db', 'neu.ro/copied-version': 'v1' },
      },
    });
    await world.rest();
    const ready = { type: 'Ready', status: 'True', reason: 'Synced', message: 'm', lastTransitionTime: world.now };
    world.model.put(userSecretType, {
      metadata: { ...metadata, generation, creationTimestamp: world.now },
      spec: { sharedFrom: { namespace: 'alice', name: 'db' } },
      status: { observedGeneration: 1, updatedAt: world.now, conditions: [ready] },
    });
    await world.rest();
    await world.later(5_000);
    const { uses } = world.status('db');
    if (expected === undefined) expect(uses).toBeUndefined();
    else expect(uses).toMatchObject(expected);
  });

  it('are gathered: a hundred jobs in five minutes are a few writes', async () => {
    const before = world.writes.length;
    for (let index = 0; index < 100; index += 1) {
      await start();
      await world.later(3_000);
    }
    await world.later(120_000);
    expect(world.status('db').uses?.map(({ lastJob }) => lastJob)).toEqual([`job-${String(count)}`]);
    expect(world.writes.length - before).toBeLessThanOrEqual(14);
  });

  it('are not lost by a restart, which writes only what is not recorded', async () => {
    await start();
    await world.later(5_000);
    await world.later(5_000);
    const lastJob = await start();
    await world.stop();
    await world.start();
    await world.later(120_000);
    expect(world.status('db').uses?.map((one) => one.lastJob)).toEqual([lastJob]);
    await world.stop();
    await world.start();
    await world.later(120_000);
    expect(world.writes).toEqual([]);
  });
});
