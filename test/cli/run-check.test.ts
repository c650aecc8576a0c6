/** `neuro run --check` asks everything that a job needs, and makes none. */
import { describe, expect, test } from 'vitest';
import { objectNameForKey } from '../../src/api/index.ts';
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
import { image, listed, onlyJob, setStatus } from './run-world.ts';
import { createWorld, type World, type WorldOptions } from './typed.ts';

const forbidden = (method: string, path: string, refused: string): Error | undefined =>
  method === refused && path.endsWith('/neurojobs/report')
    ? new KernelError('Forbidden', `${method} ${path}: 403 Forbidden`)
    : undefined;

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
