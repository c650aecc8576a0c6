/** `neuro run` asks the API server before it makes a job, names jobs, and ends those whose secrets are missing. */
import { describe, expect, test } from 'vitest';
import { objectNameForKey, SHARED_WITH_ME_CONFIG_MAP, type NeuroJob } from '../../src/api/index.ts';
import {
  claims,
  configMaps,
  namespaces,
  neuroJobs,
  pods,
  priorityClasses,
  userSecrets,
} from '../../src/cli/connect/kinds.ts';
import { KernelError } from '../../src/kernel/index.ts';
import { until } from '../support/until.ts';
import { createWorld, type World, type WorldOptions } from './typed.ts';

const image = 'registry.example/team/worker:1';
const account = 'system:serviceaccount:alice:default';

function listed(world: World, key: string, name: string): void {
  const entry = { uri: `secret:/bob/${key}`, namespace: 'bob', name, key, access: 'read', owner: 'bob' };
  world.model.put(configMaps, {
    metadata: { namespace: 'alice', name: SHARED_WITH_ME_CONFIG_MAP },
    data: { one: JSON.stringify(entry) },
  });
}

const forbidden = (method: string, path: string, refused: string): Error | undefined =>
  method === refused && path.endsWith('/neurojobs/report')
    ? new KernelError('Forbidden', `${method} ${path}: 403 Forbidden`)
    : undefined;
const jobsOf = (world: World): readonly NeuroJob[] => world.model.all(neuroJobs) as unknown as readonly NeuroJob[];
const useOf =
  (name: string) =>
  ({ verb, name: asked, namespace }: Readonly<Record<string, string | undefined>>) =>
    verb !== 'use' || (asked === name && namespace === 'bob');

async function onlyJob(world: World): Promise<NeuroJob> {
  await until(() => jobsOf(world).length > 0, 'a job');
  return jobsOf(world)[0] as NeuroJob;
}

/** As the operator would. */
function setStatus(world: World, job: NeuroJob, status: object): void {
  world.model.put(neuroJobs, { ...job, status });
}

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

describe('--check', () => {
  const withPresets = (world: World, text: string): void => {
    const metadata = { namespace: 'neuro-system', name: 'neuro-presets' };
    world.model.put(configMaps, { metadata, data: { 'presets.json': text } });
  };
  const check = (world: World, ...words: readonly string[]) => world.type(['run', '--check', ...words]);

  test.each<[string, readonly string[], number, string]>([
    ['a preset of the operator', ['-s', 'small', image], 0, 'preset   small: ok'],
    ['a preset that it does not have', ['-s', 'huge', image], 72, 'it has gpu, small'],
    ['a claim', ['-v', 'pvc:data:/data', image], 0, 'pvc:data: ok'],
    ['a claim that is not there', ['-v', 'pvc:none:/data', image], 72, "pvc:none: not in 'alice'"],
    ['an image that nobody takes', ['Bad Image'], 65, 'not a valid image name'],
    ['my secret', ['-e', 'A=secret:mine', image], 0, 'secret:mine: ok'],
    ['a secret that is not there', ['-e', 'A=secret:none', image], 72, "'none' not found"],
    ['a secret that is not shared', ['-e', 'A=secret:/carol/x', image], 77, 'Not enough permissions'],
  ])('tells of %s', async (_case, words, code, line) => {
    const world = createWorld({ allow: ({ verb }) => verb !== 'use' });
    withPresets(world, '{"small":{"resources":{"limits":{"memory":"1Gi"}}},"gpu":{}}');
    world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'mine' }, spec: {} });
    world.model.put(claims, { metadata: { namespace: 'alice', name: 'data' }, status: { phase: 'Bound' } });
    const typed = await check(world, ...words);
    expect(typed.out).toContain(line);
    expect(typed.code).toBe(code);
    expect(typed.out.includes('the API server accepts it')).toBe(code === 0);
  });

  test('says that it does not know the presets where the operator publishes none', async () => {
    const { code, out } = await check(createWorld({ allow: () => true }), '-s', 'huge', image);
    expect(code).toBe(0);
    expect(out).toContain('huge: not checked');
  });

  test('says that a job of the name runs', async () => {
    const world = createWorld({ allow: () => true });
    await world.type(['run', '--no-wait-start', '--name', 'report', image]);
    const busy = await check(world, '--name', 'report', image);
    expect(busy).toMatchObject({ code: 65 });
    setStatus(world, await onlyJob(world), { phase: 'Failed' });
    expect(await check(world, '--name', 'report', image)).toMatchObject({ code: 0 });
  });

  test.each<[string, WorldOptions, string]>([
    [
      'that may not be looked at',
      { refuse: ({ method, path }) => forbidden(method, path, 'GET') },
      'exists; Not enough',
    ],
    ['that may not be deleted', { allow: ({ verb }) => verb !== 'delete' }, 'no right to delete the finished job'],
  ])('says that the name is of a job %s', async (_case, options, sentence) => {
    const world = createWorld({ allow: () => true, ...options });
    const metadata = { namespace: 'alice', name: 'report' };
    world.model.put(neuroJobs, { metadata, spec: { image }, status: { phase: 'Succeeded' } });
    const typed = await check(world, '--name', 'report', image);
    expect(typed.code).toBe(77);
    expect(typed.out).toContain(sentence);
  });

  test('does not say that a secret exists because its use is permitted', async () => {
    const world = createWorld({ allow: () => true });
    const typed = await check(world, '-e', 'A=secret:/bob/KEY', image);
    expect(typed.code).toBe(0);
    expect(typed.out).toContain('secret:/bob/KEY: permitted; whether it exists is known when the job starts');
    listed(world, 'KEY', objectNameForKey('KEY'));
    expect((await check(world, '-e', 'A=secret:/bob/KEY', image)).out).toContain('secret:/bob/KEY: ok');
  });

  const podRefused = (reason: string, said: string): WorldOptions => ({
    allow: () => true,
    refuse: ({ method, path, query }) =>
      method === 'POST' && path.endsWith('/pods')
        ? new KernelError(
            reason as 'Forbidden',
            query?.['dryRun'] === 'All' ? `POST ${path}: 403 Forbidden ${said}` : 'a trial Pod would be kept',
          )
        : undefined,
  });
  const classes = (world: World, ...names: readonly string[]): void => {
    for (const name of names) world.model.put(priorityClasses, { metadata: { name } });
  };

  test.each<[string, WorldOptions, readonly string[], number, string]>([
    ['a PriorityClass that the API server takes', { allow: () => true }, [], 0, 'pod      PriorityClass low: ok'],
    [
      'a PriorityClass that is not there',
      podRefused('Forbidden', 'pods "x" is forbidden: no PriorityClass with name low was found'),
      ['high'],
      72,
      'pod      PriorityClass low: not in this cluster',
    ],
    [
      'a PriorityClass that is there, where no Pod can be tried',
      { allow: ({ resource, subresource }) => resource !== 'pods' || subresource !== undefined },
      ['low'],
      0,
      'pod      PriorityClass low: ok',
    ],
    [
      'a PriorityClass that is not there, where no Pod can be tried',
      { allow: ({ resource, subresource }) => resource !== 'pods' || subresource !== undefined },
      ['high'],
      72,
      'pod      PriorityClass low: not in this cluster',
    ],
    [
      'a PriorityClass that nobody can ask for',
      {
        allow: ({ resource, subresource }) => resource !== 'pods' || subresource !== undefined,
        refuse: ({ path }) =>
          path.includes('/priorityclasses/') ? new KernelError('Forbidden', `GET ${path}: 403 Forbidden`) : undefined,
      },
      [],
      0,
      "PriorityClass low: not checked (Not enough permissions to read the PriorityClass 'low'",
    ],
    [
      'a quota that is used up',
      podRefused(
        'Forbidden',
        'pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1',
      ),
      ['low'],
      65,
      'exceeded quota: small',
    ],
    [
      'a quota that wants limits',
      podRefused('Forbidden', 'pods "x" is forbidden: failed quota: small: must specify limits.cpu for: job'),
      ['low'],
      65,
      'must specify limits.cpu',
    ],
    [
      'a limit of the namespace',
      podRefused('Forbidden', 'pods "x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'),
      ['low'],
      65,
      'maximum memory usage per Container',
    ],
    [
      'a service account that is not there',
      podRefused(
        'Forbidden',
        'pods "x" is forbidden: error looking up service account alice/default: serviceaccount "default" not found',
      ),
      ['low'],
      72,
      'serviceaccount "default" not found',
    ],
    [
      'a policy that may be about the trial Pod alone',
      podRefused('Forbidden', 'pods "x" is forbidden: labels are missing'),
      ['low'],
      0,
      'not certain: a trial Pod of yours is refused',
    ],
    [
      'a policy of the cluster',
      podRefused('Invalid', "ValidatingAdmissionPolicy 'owners' with binding 'all' denied request: name an owner"),
      ['low'],
      0,
      '`neuro status JOB` shows why. The API server refuses to create',
    ],
    [
      'a standard that is a default of the cluster',
      podRefused('Forbidden', 'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'),
      ['low'],
      65,
      'label pod-security.kubernetes.io/enforce=restricted',
    ],
    [
      'a webhook without dry runs',
      podRefused('BadRequest', 'admission webhook "x" does not support dry run'),
      ['low'],
      0,
      'not certain: a trial Pod of yours is refused',
    ],
  ])('tells of %s, and keeps no Pod', async (_case, options, names, code, line) => {
    const world = createWorld(options);
    classes(world, ...names);
    const typed = await check(world, '--priority', 'low', image);
    expect(typed.out).toContain(line);
    expect(typed.code).toBe(code);
    expect(world.model.all(pods)).toEqual([]);
  });

  test('says that no Pod can be tried, and why', async () => {
    const world = createWorld({ allow: ({ resource, subresource }) => resource !== 'pods' || subresource === 'log' });
    const { code, out } = await check(world, image);
    expect(code).toBe(0);
    expect(out).toContain("quotas, limits and policies of 'alice': not checked (you may not create Pods in 'alice'");
  });

  test('tries a Pod with what the preset asks for', async () => {
    const sent: unknown[] = [];
    const world = createWorld({
      allow: () => true,
      refuse: ({ path, body }) => {
        if (path.endsWith('/pods')) sent.push(body);
        return undefined;
      },
    });
    withPresets(world, '{"small":{"resources":{"limits":{"memory":"1Gi"}}}}');
    expect((await check(world, '-s', 'small', image)).code).toBe(0);
    expect(sent).toMatchObject([
      {
        metadata: { namespace: 'alice' },
        spec: { containers: [{ image, resources: { limits: { memory: '1Gi' } } }], serviceAccountName: 'default' },
      },
    ]);
  });

  const labeled = (standard: string) => (world: World) =>
    world.model.put(namespaces, {
      metadata: { name: 'alice', labels: { 'pod-security.kubernetes.io/enforce': standard } },
    });
  const fitting = {
    securityContext: { seccompProfile: { type: 'RuntimeDefault' }, runAsNonRoot: true },
    containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
  };

  test.each<[string, (world: World) => void, WorldOptions['refuse'], boolean, string]>([
    ['has no label', () => undefined, undefined, false, 'ok; whether'],
    ['demands the baseline', labeled('baseline'), undefined, false, 'ok; whether'],
    ['demands restricted Pods', labeled('restricted'), undefined, true, 'ok; whether'],
    [
      'cannot be read',
      labeled('baseline'),
      ({ path }) =>
        path.endsWith('/namespaces/alice') ? new KernelError('Forbidden', `GET ${path}: 403 Forbidden`) : undefined,
      true,
      'ok, but Pod Security is not checked (Not enough permissions',
    ],
  ])(
    'tries a Pod as the operator makes it where the namespace %s',
    async (_case, label, refuse, isRestricted, line) => {
      const sent: unknown[] = [];
      const world = createWorld({
        allow: () => true,
        refuse: (asked) => {
          if (asked.path.endsWith('/pods')) sent.push(asked.body);
          return refuse?.(asked);
        },
      });
      label(world);
      expect((await check(world, image)).out).toContain(`quotas, limits and policies of 'alice': ${line}`);
      if (isRestricted) expect(sent).toMatchObject([{ spec: fitting }]);
      else
        expect(sent).toMatchObject([
          {
            spec: {
              securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
              containers: [{ securityContext: {} }],
            },
          },
        ]);
      expect(JSON.stringify(sent).includes('runAsNonRoot')).toBe(isRestricted);
    },
  );

  test('names no label for a Pod that breaks the standard of its namespace by itself', async () => {
    const world = createWorld(
      podRefused('Forbidden', 'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'),
    );
    labeled('restricted')(world);
    const { code, out } = await check(world, image);
    expect(code).toBe(65);
    expect(out).toContain('violates PodSecurity');
    expect(out).not.toContain('enforce=restricted');
  });

  test('tries no Pod where what the preset asks for cannot be read', async () => {
    const { out } = await check(createWorld({ allow: () => true }), '-s', 'huge', image);
    expect(out).toContain("not checked (you cannot read what the preset 'huge' asks for)");
  });

  test.each<[string, readonly string[], WorldOptions['allow'], number, string]>([
    ['to share it', ['--share', 'bob'], () => true, 0, 'right    to share it: ok'],
    ['to share it', ['--share', 'bob'], ({ resource }) => resource !== 'rolebindings', 77, 'leave out --share'],
    ['to attach to it', ['-i'], ({ subresource }) => subresource !== 'attach', 0, 'to attach to it: no;'],
    [
      'to forward its ports',
      ['--port-forward', '80:80'],
      ({ subresource }) => subresource !== 'portforward',
      0,
      'to forward its ports: no;',
    ],
  ])('tells of the right %s (%j)', async (_right, flags, allow, code, line) => {
    const typed = await check(createWorld(allow === undefined ? {} : { allow }), ...flags, image);
    expect(typed.out).toContain(line);
    expect(typed.code).toBe(code);
  });

  test('says that the right is missing', async () => {
    const { code, out } = await check(createWorld(), image);
    expect(code).toBe(77);
    expect(out).toContain("to make jobs in 'alice': no");
  });
});
