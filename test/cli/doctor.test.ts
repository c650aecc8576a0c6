/** What `neuro doctor` says of each state, and of questions that get no answer. */
import { beforeEach, describe, expect, test } from 'vitest';
import { clusterRoleBindings, configMaps, namespaces, userSecrets } from '../../src/cli/connect/kinds.ts';
import { KernelError, leases, type KernelErrorCode, type TransportRequest } from '../../src/kernel/index.ts';
import { publishSealingKey } from './operate.ts';
import { createWorld, type World, type WorldOptions } from './typed.ts';

let refuse: (request: TransportRequest) => Error | undefined;
let world: World;

const worldOf = (options: WorldOptions = {}): World => {
  const made = createWorld({ refuse: (request) => refuse(request), ...options });
  made.model.put(namespaces, { metadata: { name: 'alice' } });
  return made;
};
const refusing =
  (part: string, code: KernelErrorCode, text: string = code) =>
  ({ method, path }: TransportRequest): Error | undefined =>
    path.includes(part) ? new KernelError(code, `${method} ${path}: 403 ${text}`) : undefined;
/** The line about one thing, without its state's padding. */
const lineOf = async (what: string, ...words: readonly string[]): Promise<string> => {
  const { out } = await world.type(['doctor', ...words]);
  return (
    out
      .split('\n')
      .find((line) => line.slice(9).startsWith(what))
      ?.replace(/ +/, ' ') ?? ''
  );
};

const anonymous =
  'selfsubjectreviews.authentication.k8s.io is forbidden: User "system:anonymous" cannot create resource';

beforeEach(() => {
  refuse = () => undefined;
  world = worldOf();
});

test('a question without an answer is one line, and the rest is asked', async () => {
  refuse = refusing('/openapi/', 'Server', 'etcd is away');
  expect(await lineOf('resources')).toMatch(/^unknown resources: The API server failed; try again/);
  expect(await lineOf('home')).toBe("ok home: namespace 'alice'");
  expect((await world.type(['doctor'])).out).toMatch(/, 2 could not be checked; \d+ are all right\.\n$/);
});

test('credentials that are refused are not a matter of the network', async () => {
  refuse = refusing('/version', 'Unauthorized');
  const line = await lineOf('API server');
  expect(line).toContain('`kubectl auth whoami` must work');
  expect(line.split('log in again')).toHaveLength(2);
  expect((await world.type(['doctor'])).out).toMatch(/1 thing has to be mended; 1 is all right\.\n$/);
  refuse = refusing('/version', 'Network');
  expect(await lineOf('API server')).toContain('look at the network');
});

test('a login is not advised where it does not help', async () => {
  const cause = new KernelError('BadRequest', 'the variable HTTPS_PROXY does not begin with http://');
  refuse = ({ path }) =>
    path === '/version' ? new KernelError('Unauthorized', 'getting credentials failed', { cause }) : undefined;
  expect(await lineOf('API server')).toBe(
    'bad API server: The variable HTTPS_PROXY does not begin with http://, or choose another context with --context',
  );
});

test('for a user whom the cluster does not know, one line says so', async () => {
  world = createWorld({ isAnonymous: true, refuse: (request) => refuse(request) });
  refuse = ({ method, path }) =>
    path === '/version' ? undefined : new KernelError('Forbidden', `${method} ${path}: 403 ${anonymous}`);
  const { code, out } = await world.type(['doctor']);
  expect(code).toBe(1);
  expect(out).toContain('user: The API server does not know who you are');
  expect(out.split('log in again')).toHaveLength(2);
  expect(out).toMatch(/\n1 thing has to be mended; 2 are all right\.\n$/);
});

test('what mends several things is said once, and each finding of -o json has it', async () => {
  const { out } = await world.type(['doctor']);
  expect(out.split('kubectl create rolebinding owner')).toHaveLength(2);
  expect(out.split('; as above')).toHaveLength(10);
  const { items } = JSON.parse((await world.type(['doctor', '-o', 'json'])).out) as { items: { mend?: string }[] };
  expect(items.filter(({ mend }) => mend?.includes('kubectl create rolebinding owner') === true)).toHaveLength(10);
});

describe('the sealing key', () => {
  test('is looked for where the command takes it from, and nowhere else', async () => {
    await publishSealingKey(world.model);
    expect(await lineOf('sealing key')).toMatch(/^ok sealing key: made/);
    world = worldOf();
    await publishSealingKey(world.model);
    world.model.remove(clusterRoleBindings, { name: 'neuro-operator' });
    expect(await lineOf('sealing key')).toMatch(/^bad .*the cluster does not name the namespace of the operator/);
    expect(await lineOf('sealing key', '--operator-namespace', 'neuro-system')).toMatch(/^ok /);
  });

  test('that is damaged is reported as such', async () => {
    await publishSealingKey(world.model);
    const metadata = { namespace: 'neuro-system', name: 'neuro-sealing-keys' };
    world.model.put(configMaps, { metadata, data: { 'keys.json': '{"keyId":' } });
    expect(await lineOf('sealing key')).toContain('The public key document is not JSON');
  });

  test('that the user cannot read is not reported as missing', async () => {
    await publishSealingKey(world.model);
    refuse = refusing('/configmaps/neuro-sealing-keys', 'Forbidden');
    expect(await lineOf('sealing key')).toContain("none that you can read in 'neuro-system'");
  });
});

describe('the operator', () => {
  const lease = (spec: object): void => {
    world.model.put(leases, { metadata: { namespace: 'neuro-system', name: 'neuro-operator' }, spec });
  };
  const renewTime = '2026-11-25T09:59:58.000000Z';

  test('leads, has stopped, or has given its lease up', async () => {
    lease({ holderIdentity: 'one', leaseDurationSeconds: 15, renewTime });
    expect(await lineOf('operator')).toBe('ok operator: one leads');
    lease({ holderIdentity: 'one', leaseDurationSeconds: 1, renewTime });
    expect(await lineOf('operator')).toMatch(/^bad operator: none leads: by the clock of this machine .* 2 s ago/);
    lease({ holderIdentity: '', leaseDurationSeconds: 1, renewTime });
    expect(await lineOf('operator')).toMatch(/^bad operator: none leads: the last one gave its lease up/);
  });

  test('that leads in another namespace too is a line of its own, for those who can list leases', async () => {
    let actsEverywhere = true;
    const account = 'system:serviceaccount:second:neuro-operator';
    world = worldOf({ allow: (_attributes, user) => user === account && actsEverywhere });
    lease({ holderIdentity: 'one', leaseDurationSeconds: 15, renewTime });
    expect(await lineOf('other operators')).toBe('');
    const another = (spec: object): void =>
      void world.model.put(leases, { metadata: { namespace: 'second', name: 'neuro-operator' }, spec });
    another({ holderIdentity: 'two', leaseDurationSeconds: 15, renewTime });
    expect(await lineOf('other operators')).toMatch(/^bad other operators: another installation leads in 'second'/);
    expect(await lineOf('operator')).toBe('ok operator: one leads');
    refuse = refusing('/v1/leases', 'Forbidden');
    expect(await lineOf('other operators')).toBe('');
    refuse = () => undefined;
    // A lease that somebody made in a namespace of their own.
    actsEverywhere = false;
    expect(await lineOf('other operators')).toBe('');
    actsEverywhere = true;
    another({ holderIdentity: 'two', leaseDurationSeconds: 1, renewTime });
    expect(await lineOf('other operators')).toBe('');
  });

  test('without a lease is reported as missing, for those who can see that', async () => {
    refuse = refusing('/proxy/', 'Server', 'no endpoints');
    expect(await lineOf('operator')).toMatch(/^bad operator: no replica has ever led/);
  });

  test.each<[KernelErrorCode, string]>([
    ['Forbidden', "you don't have permission to view its lease, or to send"],
    ['Server', "its Service does not respond, and you don't have permission"],
  ])('is unknown where the lease may not be seen (%s)', async (code, words) => {
    const [ofLease, ofService] = [refusing('/leases/', 'Forbidden'), refusing('/proxy/', code)];
    refuse = (request) => ofLease(request) ?? ofService(request);
    const line = await lineOf('operator');
    expect(line).toMatch(/^unknown /);
    expect(line).toContain(words);
  });

  test('has no image to show where there is none, and where it may not be seen', async () => {
    const image = async (): Promise<string> => (await world.type(['version'])).out;
    expect(await image()).toContain("not found: no Deployment neuro-operator in 'neuro-system'");
    refuse = refusing('/deployments/', 'Forbidden');
    expect(await image()).toContain("you don't have permission to view it in 'neuro-system'");
  });
});

describe('the home', () => {
  test('that does not exist is not fine, though its list is empty', async () => {
    expect(await lineOf('home', '-n', 'nope')).toMatch(/^bad home: The namespace 'nope' does not exist/);
    expect(await lineOf('secrets', '-n', 'nope')).toBe('');
  });

  test('of nobody is made by an administrator; one of several is chosen', async () => {
    world = createWorld({ isHomeless: true });
    expect(await lineOf('home')).toMatch(
      /^bad home: No home was .*; an administrator makes one: neuro admin add-user alice$/,
    );
    for (const name of ['a', 'b'])
      world.model.put(namespaces, { metadata: { name, annotations: { 'neu.ro/user': 'alice' } } });
    expect(await lineOf('home')).toBe(
      "bad home: The user 'alice' has several homes (a, b): choose one with --namespace",
    );
  });

  test('without a secret has none yet', async () => {
    expect(await lineOf('secrets')).toBe('ok secrets: none yet');
    world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'x' }, spec: { value: 'x' } });
    expect(await lineOf('secrets')).toContain('1 of 1 not usable: x (not taken up by the operator)');
    expect(await lineOf('secrets')).toContain('`neuro secret ls -n alice -o wide` shows why');
  });

  test('lacks a right to a part of a kind by its whole name', async () => {
    expect(await lineOf('may read what')).toContain("no right to get pods/log in 'alice'");
  });
});

test('presets that the user cannot read are not reported as missing', async () => {
  refuse = refusing('/configmaps/neuro-presets', 'Forbidden');
  world = worldOf({ allow: () => true });
  const typed = await world.type(['run', '--check', '-s', 'huge', 'busybox:1']);
  expect(typed.code).toBe(0);
  expect(typed.out).toContain('huge: not checked: Not enough permissions to read the ConfigMap');
  expect(world.model.all(configMaps)).toEqual([]);
});
