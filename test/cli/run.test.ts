/** `neuro run` asks the API server before it makes a job, names jobs, and ends those whose secrets are missing. */
import { describe, expect, test } from 'vitest';
import { objectNameForKey } from '../../src/api/index.ts';
import { namespaces } from '../../src/cli/connect/kinds.ts';
import { image, jobsOf, listed, onlyJob, setStatus } from './run-world.ts';
import { createWorld, type WorldOptions } from './typed.ts';

const account = 'system:serviceaccount:alice:default';
const useOf =
  (name: string) =>
  ({ verb, name: asked, namespace }: Readonly<Record<string, string | undefined>>) =>
    verb !== 'use' || (asked === name && namespace === 'bob');

describe('a secret of another', () => {
  const words = ['run', '--no-wait-start', '--env', 'X=secret:/bob/KEY', image];
  test.each<[string, WorldOptions, boolean, number]>([
    ['that the jobs may use, listed or not', { allow: useOf(objectNameForKey('KEY')) }, false, 0],
    ['that is listed still after a revoke', { allow: ({ verb }) => verb !== 'use' }, true, 77],
    ['that is neither listed nor granted', { allow: ({ verb }) => verb !== 'use' }, false, 77],
    [
      'that the person may use, but not the jobs',
      { allow: ({ verb }, user) => verb !== 'use' || user === undefined },
      false,
      77,
    ],
    [
      'that the person may not use, but the jobs may',
      { allow: ({ verb }, user) => verb !== 'use' || user === account },
      false,
      0,
    ],
    [
      'where the person cannot ask for the jobs, and may use it',
      { allow: () => true, mayImpersonate: false },
      false,
      0,
    ],
    [
      'where the person cannot ask for the jobs, and the list names it',
      { allow: ({ verb }) => verb !== 'use', mayImpersonate: false },
      true,
      0,
    ],
    [
      'where the person cannot ask for the jobs, and nothing names it',
      { allow: ({ verb }) => verb !== 'use', mayImpersonate: false },
      false,
      77,
    ],
  ])('%s', async (_case, options, isListed, code) => {
    const world = createWorld(options);
    if (isListed) listed(world, 'KEY', objectNameForKey('KEY'));
    const typed = await world.type(words);
    expect(typed).toMatchObject({ code });
    expect(jobsOf(world)).toHaveLength(code === 0 ? 1 : 0);
    if (code !== 0) expect(typed.error).toContain('No job was made.');
  });

  test.each<[string, Readonly<Record<string, string>> | undefined, string]>([
    ['the person whose home it is', { 'neu.ro/user': 'alice.b' }, 'alice.b'],
    ['a namespace that is nobody’s home', {}, 'namespace:alice'],
    ['the caller, where the namespace cannot be seen', undefined, 'alice'],
  ])('is asked for in the name of whom the jobs act for: %s', async (_name, annotations, subject) => {
    const world = createWorld();
    if (annotations !== undefined) world.model.put(namespaces, { metadata: { name: 'alice', annotations } });
    const { code, error } = await world.type(words);
    expect(code).toBe(77);
    expect(error).toContain(`\`neuro share secret:KEY ${subject}\``);
  });

  test('has the name of the object that the list gives it', async () => {
    const world = createWorld({ allow: useOf('odd-name') });
    listed(world, 'KEY', 'odd-name');
    expect(await world.type(words)).toMatchObject({ code: 0 });
    expect(jobsOf(world)[0]?.spec.env).toEqual([{ name: 'X', fromSecret: { namespace: 'bob', name: 'odd-name' } }]);
  });
});

describe('a job whose secrets are missing', () => {
  const missing = { phase: 'Pending', reason: 'MissingSecrets', message: "Missing secrets: 'secret:/bob/KEY'" };

  test.each([[[]], [['--detach']]])('is ended with the sentence and code of the check (%j)', async (flags) => {
    let isAllowed = true;
    const world = createWorld({ allow: () => isAllowed });
    const running = world.type(['run', ...flags, '--name', 'worker', '--env', 'X=secret:/bob/KEY', image]);
    const job = await onlyJob(world);
    isAllowed = false;
    setStatus(world, job, missing);
    const { code, error } = await running;
    const refused = await createWorld().type(['run', '--env', 'X=secret:/bob/KEY', image]);
    expect(code).toBe(77);
    expect(refused.code).toBe(77);
    expect(error).toContain(refused.error.trim().replace('No job was made.', "The job 'worker' was ended."));
    expect(jobsOf(world)[0]?.spec.cancel).toBe(true);
  });

  test('ends when only the operator refuses it, after the operator had time to see a new grant', async () => {
    const startMs = Date.parse('2026-11-25T10:00:00Z');
    let asked = 0;
    const world = createWorld({ allow: () => true });
    // A second passes with each look at the clock.
    const now = (): Date => new Date(startMs + (asked += 1) * 1_000);
    const running = world.type(['run', '--env', 'X=secret:/bob/KEY', image], { now });
    setStatus(world, await onlyJob(world), missing);
    const { code, error } = await running;
    expect(code).toBe(77);
    expect(error).toContain("Missing secrets: 'secret:/bob/KEY'");
    expect(jobsOf(world)[0]?.spec.cancel).toBe(true);
  });

  test('continues when the secret comes', async () => {
    const world = createWorld({ allow: () => true });
    const running = world.type(['run', '--detach', '--env', 'X=secret:/bob/KEY', image]);
    setStatus(world, await onlyJob(world), missing);
    setStatus(world, await onlyJob(world), { phase: 'Running', reason: 'Running' });
    expect(await running).toMatchObject({ code: 0 });
    expect(jobsOf(world)[0]?.spec.cancel).toBeUndefined();
  });

  test('is left where nobody waits for it', async () => {
    const world = createWorld({ allow: () => true });
    expect(await world.type(['run', '--no-wait-start', '--env', 'X=secret:/bob/KEY', image])).toMatchObject({
      code: 0,
    });
    expect(jobsOf(world)[0]?.spec.cancel).toBeUndefined();
  });
});

describe('the name of a job', () => {
  test('is made from the image, and marked as made up', async () => {
    const world = createWorld();
    const { out } = await world.type(['-q', 'run', '--no-wait-start', image]);
    const [job] = jobsOf(world);
    expect(job?.metadata).toMatchObject({ generateName: 'worker-' });
    expect(job?.metadata.name).toMatch(/^worker-[0-9a-f]{4}$/);
    expect(out.trim()).toBe(job?.metadata.name);
  });

  test('that was chosen replaces a finished job, and no other', async () => {
    const world = createWorld();
    const words = ['run', '--no-wait-start', '--name', 'report', image];
    expect(await world.type(words)).toMatchObject({ code: 0 });
    expect(await world.type(words)).toMatchObject({ code: 65 });
    const first = await onlyJob(world);
    setStatus(world, first, { phase: 'Succeeded' });
    expect(await world.type(words)).toMatchObject({ code: 0 });
    expect(jobsOf(world)[0]?.metadata.uid).not.toBe(first.metadata.uid);
  });
});
