/** Jobs on a real node: what a container really gets, and what a job says of what became of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NeuroJob, NeuroJobSpec } from '../../src/api/index.ts';
import { collectionOf, pathOf, type ObjectOfKind } from '../support/api-paths.ts';
import { grantTo, userSecret } from '../support/in-cluster-objects.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { jobIn, operatorWorld } from '../support/operator-world.ts';
import { eventually } from '../support/until.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';

const image = 'busybox:1';
const jobType = { apiVersion: 'neu.ro/v1', kind: 'NeuroJob' } as const;

let cluster: NodeCluster;
let operator: RunningOperator;
let alice: string;
let bob: string;

beforeAll(async () => {
  cluster = await nodeCluster();
  operator = await startOperator(cluster, { config: 'presets: {small: {resources: {limits: {memory: 64Mi}}}}' });
});

// Of each try its own: what an earlier one has left is in nobody's way.
beforeEach(async () => {
  alice = await home('alice');
  bob = await home('bob');
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
});

describe('a secret reaches the container', () => {
  test('as a variable and as a file, which a user who is not root reads', async () => {
    await apply(secret(alice, 'db-password', 'p@ss of alice'));
    await apply(
      job(alice, 'print', {
        command: [
          'sh',
          '-c',
          'id -u; echo "$PASSWORD"; cat /etc/app/password; stat -c " %a" /etc/app/password; ls /etc/passwd',
        ],
        securityContext: { runAsUser: 1234, runAsGroup: 1234, runAsNonRoot: true },
        env: [{ name: 'PASSWORD', fromSecret: { name: 'db-password' } }],
        files: [{ path: '/etc/app/password', fromSecret: { name: 'db-password' } }],
      }),
    );
    await waitFor(alice, 'print', 'Complete');
    expect(await logs(alice, 'print')).toBe('1234\np@ss of alice\np@ss of alice 440\n/etc/passwd\n');
    await untilNames(alice, 'Secret', ['db-password']);
  });

  test.each<[string, string, number, NonNullable<NeuroJobSpec['securityContext']>]>([
    ['root', '400 0:0', 0o400, {}],
    ['root, who says so', '600 0:0', 0o600, { runAsUser: 0 }],
    ['root in a group', '440 0:7', 0o440, { runAsUser: 0, fsGroup: 7 }],
    ['a user', '444 0:65532', 0o444, { runAsUser: 1000 }],
    ['a user who reads by the group', '440 0:65532', 0o440, { runAsUser: 1000, runAsGroup: 1000 }],
  ])('as a file with the mode that the job gives it, for %s', async (_, expected, mode, securityContext) => {
    await apply(secret(alice, 'key', 'k'));
    const files = [{ path: '/keys/a', mode, fromSecret: { name: 'key' } }];
    const command = ['sh', '-c', 'cat /keys/a >/dev/null && stat -c "%a %u:%g" /keys/a'];
    await apply(job(alice, 'modes', { command, files, securityContext }));
    await waitFor(alice, 'modes', 'Complete');
    expect(await logs(alice, 'modes')).toBe(`${expected}\n`);
  });

  test('with a mode for root alone, beside a file without a mode, which all read', async () => {
    await apply(secret(alice, 'key', 'k'));
    const files = [
      { path: '/keys/a', mode: 0o400, fromSecret: { name: 'key' } },
      { path: '/keys/b', fromSecret: { name: 'key' } },
    ];
    await apply(job(alice, 'modes', { command: ['stat', '-c', '%a %u:%g', '/keys/a', '/keys/b'], files }));
    await waitFor(alice, 'modes', 'Complete');
    expect(await logs(alice, 'modes')).toBe('400 0:0\n444 0:0\n');
  });

  test('and a mode that Kubernetes cannot set is refused before the start', async () => {
    await apply(secret(alice, 'key', 'k'));
    const files = [{ path: '/k', mode: 0o400, fromSecret: { name: 'key' } }];
    await apply(job(alice, 'modes', { files, securityContext: { runAsUser: 1000 } }));
    await waitFor(alice, 'modes', 'Failed');
    expect((await get(alice, 'modes')).status).toMatchObject({ reason: 'ModeUnusable' });
    await untilNames(alice, 'Pod', []);
  });

  test('beside texts that arrive as given, so that no value gets into the command line', async () => {
    await apply(secret(alice, 'token', 'hunter2'));
    await apply(
      job(alice, 'texts', {
        command: ['sh', '-c', 'printf "%s|" "$PW" "$@"; tr "\\0" " " </proc/self/cmdline', 'name'],
        args: ['a$$b', '$(TOKEN)', '$', '$(PW'],
        env: [
          { name: 'TOKEN', fromSecret: { name: 'token' } },
          { name: 'PW', value: 'a$$b$(TOKEN)c' },
        ],
      }),
    );
    await waitFor(alice, 'texts', 'Complete');
    expect(await logs(alice, 'texts')).toMatch(/^a\$\$b\$\(TOKEN\)c\|a\$\$b\|\$\(TOKEN\)\|\$\|\$\(PW\|/);
  });

  test('byte for byte, also beyond what one Secret can hold', async () => {
    const large = (byte: string): string => byte.repeat(700_000);
    await create(secret(alice, 'one', large('1')), secret(alice, 'two', large('2')));
    await create({ ...secret(alice, 'bytes', ''), spec: { valueBase64: '/wAKgA==' } });
    await apply(
      job(alice, 'large', {
        command: ['sh', '-c', 'wc -c < /one; wc -c < /two; od -An -tx1 /bytes'],
        files: ['one', 'two', 'bytes'].map((name) => ({ path: `/${name}`, fromSecret: { name } })),
      }),
    );
    await waitFor(alice, 'large', 'Complete');
    expect((await logs(alice, 'large')).split(/\s+/).filter(Boolean)).toEqual([
      '700000',
      '700000',
      'ff',
      '00',
      '0a',
      '80',
    ]);
  });

  test('of another person while it is granted, and not before or after', async () => {
    await apply(secret(alice, 'shared', 'shared by alice'));
    const uses: Partial<NeuroJobSpec> = {
      command: ['sh', '-c', 'echo "$S"'],
      env: [{ name: 'S', fromSecret: { namespace: alice, name: 'shared' } }],
    };
    await apply(job(bob, 'early', uses));
    await waitFor(bob, 'early', 'SecretsResolved=False');
    await apply(grant(alice, 'to-bob', 'shared', bob));
    await waitFor(bob, 'early', 'Complete');
    expect(await logs(bob, 'early')).toBe('shared by alice\n');
    await kubectl('delete', 'secretgrant', 'to-bob', '-n', alice);
    await untilNoJobMayUse(bob, alice, 'shared');
    await apply(job(bob, 'late', { ...uses, scheduleTimeout: '2s' }));
    await waitFor(bob, 'late', 'Failed');
    expect(await get(bob, 'late')).toMatchObject({
      status: { reason: 'MissingSecrets', message: `Missing secrets: 'secret:/${alice}/shared'` },
    });
    expect(await names(bob, 'Pod')).toEqual(['early']);
  });

  test('in a namespace that demands restricted Pods', async () => {
    const strict = await home('strict');
    await kubectl('label', 'namespace', strict, 'pod-security.kubernetes.io/enforce=restricted');
    await apply(secret(strict, 's', 'v'));
    const spec = { command: ['cat', '/s'], files: [{ path: '/s', fromSecret: { name: 's' } }] };
    await apply(job(strict, 'user', { ...spec, securityContext: { runAsUser: 1000 } }));
    await waitFor(strict, 'user', 'Complete');
    expect(await logs(strict, 'user')).toBe('v');
    await apply(job(strict, 'refused', { ...spec, securityContext: { runAsNonRoot: false } }));
    await waitFor(strict, 'refused', 'Failed');
    expect((await get(strict, 'refused')).status?.reason).toBe('Refused');
  });
});

describe('the end', () => {
  test('an exit code, and the last words without the secret that was printed', async () => {
    await apply(secret(alice, 'spoken', 'do not say this'));
    await apply(
      job(alice, 'talks', {
        command: ['sh', '-c', 'echo "the password is $P"; exit 42'],
        env: [{ name: 'P', fromSecret: { name: 'spoken' } }],
      }),
    );
    // Its end is written first, and then what it said.
    const { status } = await eventually(
      () => get(alice, 'talks'),
      ({ status: seen }) => seen?.message?.includes('password') === true,
      'the last words',
    );
    expect(status).toMatchObject({
      phase: 'Failed',
      reason: 'Error',
      exitCode: 42,
      message: 'the password is [redacted]',
    });
  });

  test('a life span', async () => {
    await apply(job(alice, 'lives', { command: ['sleep', '1000'], lifeSpan: '2s' }));
    await waitFor(alice, 'lives', 'Failed');
    const { status = {} } = await get(alice, 'lives');
    expect(status).toMatchObject({ phase: 'Cancelled', reason: 'LifeSpanEnded' });
    const ranMs = Date.parse(status.finishTime ?? '') - Date.parse(status.startTime ?? '');
    expect(ranMs).toBeGreaterThanOrEqual(2_000);
    // A second for its timer; the rest is for a machine that does much else; the Pod itself ends after 1,000 s.
    expect(ranMs).toBeLessThanOrEqual(20_000);
  });

  test('cancel takes the Pod', async () => {
    await apply(job(alice, 'cancelled', traps()));
    await waitFor(alice, 'cancelled', 'Ready');
    await kubectl('patch', 'neurojob', 'cancelled', '-n', alice, '--type=merge', '-p', '{"spec":{"cancel":true}}');
    await waitFor(alice, 'cancelled', 'Failed');
    expect((await get(alice, 'cancelled')).status).toMatchObject({ phase: 'Cancelled', reason: 'UserRequested' });
    await kubectl('wait', '--for=delete', 'pod/cancelled', '-n', alice, '--timeout=300s');
  });

  test('a secret removed by an owner who wants its jobs ended', async () => {
    await apply({ ...secret(alice, 'precious', 'v'), spec: { value: 'v', onRevoke: 'Terminate' } });
    await apply(grant(alice, 'precious-to-bob', 'precious', bob));
    await apply(
      job(bob, 'uses', { ...traps(), env: [{ name: 'S', fromSecret: { namespace: alice, name: 'precious' } }] }),
    );
    await waitFor(bob, 'uses', 'Ready');
    await kubectl('delete', 'secretgrant', 'precious-to-bob', '-n', alice);
    await waitFor(bob, 'uses', 'Failed');
    expect((await get(bob, 'uses')).status).toMatchObject({ phase: 'Cancelled', reason: 'AccessRevoked' });
  });

  test('a container that fails is started again until it does not', async () => {
    await apply(
      job(alice, 'again', {
        command: ['sh', '-c', 'test -e /d/x && exit 0; touch /d/x; exit 4'],
        volumes: [{ mountPath: '/d', emptyDir: {} }],
        restartPolicy: 'OnFailure',
      }),
    );
    await waitFor(alice, 'again', 'Complete');
    expect((await get(alice, 'again')).status).toMatchObject({ exitCode: 0, restarts: 1 });
  });

  test('a Pod deleted by hand: Never has failed, Always gets another', async () => {
    await apply(job(alice, 'once', traps(3)), job(alice, 'always', { ...traps(), restartPolicy: 'Always' }));
    await Promise.all([waitFor(alice, 'once', 'Ready'), waitFor(alice, 'always', 'Ready')]);
    const { podUid } = (await get(alice, 'always')).status ?? {};
    await kubectl('delete', 'pod', 'once', 'always', '-n', alice);
    await waitFor(alice, 'once', 'Failed');
    expect((await get(alice, 'once')).status).toMatchObject({ reason: 'NotFound', exitCode: 3 });
    await kubectl('wait', '--for=jsonpath={.status.restarts}=1', 'neurojob/always', '-n', alice, '--timeout=300s');
    await waitFor(alice, 'always', 'Ready');
    expect((await get(alice, 'always')).status?.podUid).not.toBe(podUid);
    await kubectl('delete', 'neurojob', 'always', '-n', alice);
  });
});

describe('what cannot start', () => {
  test('an image that does not exist is reported while it is tried', async () => {
    await apply(job(alice, 'noimage', { image: 'registry.invalid/nothing:1' }));
    await untilReason(alice, 'noimage', 'ErrImagePull');
    await kubectl('delete', 'neurojob', 'noimage', '-n', alice);
  });

  test.each<[string, Partial<NeuroJobSpec>, string]>([
    // What the CRD cannot know: it has the form of a name, and means a digest.
    ['a name that is no image', { image: 'a'.repeat(64) }, 'InvalidImageName'],
    ['a command that is not there', { command: ['nosuch'] }, 'ContainerCannotRun'],
    ['a preset that is not there', { preset: 'huge' }, 'PresetNotFound'],
    ['no node for it, in time', { nodeSelector: { no: 'such' }, scheduleTimeout: '2s' }, 'ScheduleTimeout'],
    ['a priority class that never comes', { priorityClassName: 'nosuch', scheduleTimeout: '2s' }, 'Refused'],
  ])('%s', async (what, spec, reason) => {
    const name = what.replaceAll(/[^a-z]+/g, '-');
    await apply(job(alice, name, spec));
    await waitFor(alice, name, 'Failed');
    expect((await get(alice, name)).status).toMatchObject({ phase: 'Failed', reason });
  });

  test('a Pod of its name that someone else made is left alone', async () => {
    await kubectl('run', 'taken', '-n', alice, `--image=${image}`, '--restart=Never', '--', 'sleep', '1000');
    await apply(job(alice, 'taken', {}));
    await waitFor(alice, 'taken', 'Failed');
    expect((await get(alice, 'taken')).status?.reason).toBe('Conflict');
    await kubectl('delete', 'neurojob', 'taken', '-n', alice);
    expect(await names(alice, 'Pod')).toContain('taken');
    await kubectl('delete', 'pod', 'taken', '-n', alice, '--grace-period=0', '--force');
  });

  test('a quota that is used up is waited for', async () => {
    const small = await home('small');
    await kubectl('create', 'quota', 'one', '-n', small, '--hard=pods=0');
    // The API server limits nothing before it has been counted.
    const counted = '--for=jsonpath={.status.used.pods}=0';
    await kubectl('wait', counted, 'quota/one', '-n', small, '--timeout=300s');
    await apply(job(small, 'waits', { command: ['true'] }));
    await untilReason(small, 'waits', 'QuotaExhausted');
    await kubectl('delete', 'quota', 'one', '-n', small);
    await waitFor(small, 'waits', 'Complete');
  });
});

test('a Service stands in front of a job with http, and goes with its end', async () => {
  await apply(
    job(alice, 'web', { command: ['sh', '-c', "trap 'exit 0' TERM; httpd -f -p 8080 & wait"], http: { port: 8080 } }),
  );
  await waitFor(alice, 'web', 'Ready');
  await eventually(
    () =>
      cluster.request<{ readonly items: readonly unknown[] }>({
        method: 'GET',
        path: `/apis/discovery.k8s.io/v1/namespaces/${alice}/endpointslices`,
        query: { labelSelector: 'kubernetes.io/service-name=web' },
      }),
    ({ items }) => items.length > 0,
    'something stands behind the Service',
  );
  await kubectl('patch', 'neurojob', 'web', '-n', alice, '--type=merge', '-p', '{"spec":{"cancel":true}}');
  await waitFor(alice, 'web', 'Failed');
  await kubectl('wait', '--for=delete', 'service/web', '-n', alice, '--timeout=300s');
});

test('deleting a job takes all that was made for it', async () => {
  await apply(secret(bob, 'own', 'v'));
  await apply(job(bob, 'deleted', { ...traps(), env: [{ name: 'A', fromSecret: { name: 'own' } }] }));
  await waitFor(bob, 'deleted', 'Ready');
  expect((await names(bob, 'Secret')).length).toBe(2);
  await kubectl('delete', 'neurojob', 'deleted', '-n', bob);
  await kubectl('wait', '--for=delete', 'pod/deleted', '-n', bob, '--timeout=300s');
  await untilNames(bob, 'Secret', ['own']);
});

async function home(prefix: string): Promise<string> {
  const name = await cluster.makeNamespace(prefix);
  await cluster.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/${name}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations: { 'neu.ro/user': name } } },
  });
  return name;
}

const secret = (namespace: string, name: string, value: string) => userSecret(namespace, name, { value });
const grant = (namespace: string, name: string, secret: string, user: string) =>
  grantTo(namespace, name, { secret, subject: { kind: 'User', name: user } });

function job(namespace: string, name: string, spec: Partial<NeuroJobSpec>) {
  return { ...jobType, metadata: { namespace, name }, spec: { image, ...spec } };
}

/** Runs until it gets SIGTERM, and then ends at once. */
function traps(exitCode = 0): Partial<NeuroJobSpec> {
  return { command: ['sh', '-c', `trap 'exit ${String(exitCode)}' TERM; sleep 1000 & wait`] };
}

async function apply(...objects: readonly unknown[]): Promise<void> {
  const { code, stderr } = await cluster.apply('admin', ...objects);
  if (code !== 0) throw new Error(stderr);
}

/** `kubectl apply` keeps a copy of the object in an annotation, which is too short for a large value. */
async function create(...objects: readonly (ObjectOfKind & { readonly spec: object })[]): Promise<void> {
  for (const body of objects) await cluster.request({ method: 'POST', path: collectionOf(body), body });
}

async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl('admin', args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The API server hears of the end of a binding a moment late. */
async function untilNoJobMayUse(home: string, namespace: string, name: string): Promise<void> {
  await operatorWorld(cluster).untilMay(false, jobIn(home), 'use', namespace, name);
}

/** What was made for a job is taken away after its end has been told. */
async function untilNames(namespace: string, kind: 'Pod' | 'Secret', expected: readonly string[]): Promise<void> {
  await eventually(
    () => names(namespace, kind),
    (found) => found.join() === expected.join(),
    `${kind} in ${namespace}: ${expected.join(', ')}`,
  );
}

async function waitFor(namespace: string, name: string, condition: string): Promise<void> {
  const [type = '', status = 'True'] = condition.split('=');
  await eventually(
    () => get(namespace, name),
    ({ status: seen }) => seen?.conditions?.find((each) => each.type === type)?.status === status,
    `${name} is ${condition}`,
  );
}

async function untilReason(namespace: string, name: string, reason: string): Promise<void> {
  await eventually(
    () => get(namespace, name),
    ({ status }) => status?.reason === reason,
    `${name} is ${reason}`,
  );
}

function get(namespace: string, name: string): Promise<NeuroJob> {
  return cluster.request({ method: 'GET', path: pathOf({ ...jobType, metadata: { namespace, name } }) });
}

async function logs(namespace: string, name: string): Promise<string> {
  return kubectl('logs', name, '-n', namespace);
}

/** Names of all objects of that kind, sorted. */
async function names(namespace: string, kind: 'Pod' | 'Secret'): Promise<readonly string[]> {
  const { items } = await cluster.request<{
    readonly items: readonly { readonly metadata: { readonly name: string } }[];
  }>({ method: 'GET', path: collectionOf({ apiVersion: 'v1', kind, metadata: { namespace, name: '' } }) });
  return items.map(({ metadata }) => metadata.name).sort();
}
