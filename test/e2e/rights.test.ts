/**
 * What the operator may do is what it does: the audit log of a run with every behaviour is held against manifests/install.yaml.
 * A right that nothing used is one too many; a request that was refused is one too few.
 */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { permissionText, permissionsOf, permissionsUsed, type PolicyRule } from '../support/audit.ts';
import { inCluster, operatorUser, type InCluster } from '../support/in-cluster.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { untilTrue } from '../support/until.ts';

/** What grants hand on by Roles that the operator makes: it must hold that, and does not do it itself. */
const handedOn = new Set(
  permissionsOf([
    {
      apiGroups: ['neu.ro'],
      resources: ['usersecrets'],
      verbs: ['use', 'copy', 'share', 'get', 'update', 'patch', 'delete'],
    },
    { apiGroups: ['neu.ro'], resources: ['secretgrants'], verbs: ['create', 'get', 'update', 'patch', 'delete'] },
  ]).map(permissionText),
);

/** How often an event happened is written a minute later, and no policy puts containers into Pods here; unit tests show both. */
const unseen = new Set(['patch events.events.k8s.io', 'patch pods']);

interface RoleObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly PolicyRule[];
}

let roles: readonly RoleObject[];
let cluster: InCluster;
/** What stands in the log from before is other tests' doing: an API server that has just started refuses everything for a moment. */
let startedAt: string;

beforeAll(async () => {
  const text = await readFile(new URL('../../manifests/install.yaml', import.meta.url), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as RoleObject | null);
  roles = objects.filter((object) => object !== null).filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
});

describe('the rules of every Role and ClusterRole that is installed', () => {
  test('name what they allow, and allow nobody to widen or borrow rights', () => {
    const rules = roles.flatMap((role) => (role.rules ?? []).map((rule) => ({ role: role.metadata.name, rule })));
    expect(rules.length).toBeGreaterThan(10);
    const words = rules.flatMap(({ role, rule }) =>
      [rule.verbs, rule.apiGroups ?? [], rule.resources ?? [], rule.nonResourceURLs ?? []]
        .flat()
        .map((word) => `${role}: ${word}`),
    );
    expect(words.filter((word) => /: (.*\*.*|bind|escalate|impersonate)$/.test(word))).toEqual([]);
  });

  test('let nobody but the operator read native Secrets, and nobody run commands in Pods', () => {
    const reaching = roles.flatMap(({ metadata, rules = [] }) =>
      permissionsOf(rules)
        .filter(({ group, resource }) => group === '' && /^(secrets|pods\/.*|serviceaccounts\/token)$/.test(resource))
        .map(({ resource }) => `${metadata.name}: ${resource}`),
    );
    expect([...new Set(reaching)]).toEqual(['neuro-operator: secrets']);
  });

  test('do not show UserSecrets to users with the role view', () => {
    const viewer = roles.find(({ metadata }) => metadata.name === 'neuro-viewer');
    expect(permissionsOf(viewer?.rules ?? []).map(({ resource }) => resource)).not.toContain('usersecrets');
  });
});

describe('after everything that the operator does', () => {
  beforeAll(async () => {
    cluster = await inCluster();
    startedAt = new Date().toISOString();
    await everyBehaviour();
  });

  test('no request of it was refused for want of a right', async () => {
    const refused = (await cluster.audit())
      .filter(({ user, responseStatus }) => user.username === operatorUser && responseStatus?.code === 403)
      .filter(({ stageTimestamp }) => stageTimestamp > startedAt)
      // Not a right that it lacks: nothing can be made in a namespace that goes.
      .filter(({ responseStatus }) => responseStatus?.message?.includes('because it is being terminated') !== true);
    expect(refused.map(({ verb, requestURI, responseStatus }) => [verb, requestURI, responseStatus?.message])).toEqual(
      [],
    );
  });

  test('each of its rights was used, or is handed on by grants', async () => {
    const used = permissionsUsed((await cluster.audit()).filter(({ user }) => user.username === operatorUser));
    const own = roles.filter(({ metadata }) => metadata.name === 'neuro-operator').flatMap(({ rules = [] }) => rules);
    const unused = permissionsOf(own)
      .map(permissionText)
      .filter((permission) => !used.has(permission) && !handedOn.has(permission) && !unseen.has(permission));
    expect([...new Set(unused)]).toEqual([]);
  });
});

/** Each line is there for the rights that it makes the operator use. */
async function everyBehaviour(): Promise<void> {
  const alices = await cluster.makeHome('alice');
  await secretsOfAllKinds(alices);
  await grantsThatChange(alices);
  await copiesThatEnd(alices);
  await jobsOfAllKinds(alices);
}

async function secretsOfAllKinds(home: string): Promise<void> {
  await cluster.must('alice', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: home, name: 'elsewhere' },
    stringData: { token: 'made by something else' },
  });
  await cluster.must(
    'alice',
    userSecret(home, 'plain', { value: 'first' }),
    userSecret(home, 'made', { generate: { type: 'Ed25519' } }),
    userSecret(home, 'referred', { secretKeyRef: { name: 'elsewhere', key: 'token' } }),
    shellJob(home, 'hook', 'true', { suspend: true }),
    userSecret(home, 'rotated', { generate: { type: 'Hex', rotateHook: 'hook' } }),
  );
  await ready(home, 'usersecret', '--all');
  await cluster.must('alice', {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroSchedule',
    metadata: { namespace: home, name: 'nightly' },
    spec: { schedule: '0 3 * * *', jobTemplate: { name: 'hook' } },
  });
  await untilTrue(
    async () => (await cluster.get('neuroschedule', home, 'nightly'))?.status !== undefined,
    'the status of the schedule',
  );
  const made = await valueOf(home, 'rotated');
  await cluster.output('alice', ['annotate', 'usersecret', 'rotated', '-n', home, 'neu.ro/rotate=now']);
  await untilTrue(async () => (await valueOf(home, 'rotated')) !== made, 'the value that the hook has prepared for');
  await cluster.must('alice', userSecret(home, 'plain', { value: 'second' }));
  await untilTrue(async () => (await valueOf(home, 'plain')) === 'second', 'the new value');
  await cluster.output('alice', ['delete', 'secret', 'plain', '-n', home]);
  await untilTrue(async () => (await valueOf(home, 'plain')) === 'second', 'the healed Secret');
}

async function grantsThatChange(home: string): Promise<void> {
  // Somebody with whom no other test shares.
  const user = `carol-${home}`;
  const subject = { kind: 'User', name: user } as const;
  const carols = await cluster.makeHome(user);
  await cluster.must(
    'alice',
    grantTo(home, 'one', { secret: 'plain', subject }),
    grantTo(home, 'all', { subject, access: 'manage' }),
  );
  await ready(home, 'secretgrant', '--all');
  await untilTrue(async () => (await shared(carols)).includes(`${home}.plain`), 'what is shared with her');
  const env = [{ name: 'S', fromSecret: { namespace: home, name: 'plain' } }];
  await cluster.must('admin', shellJob(carols, 'uses', 'true', { env }));
  await cluster.output('admin', ['wait', '--for=condition=Complete', 'neurojob/uses', '-n', carols, '--timeout=300s']);
  const { length } = await cluster.list('role', home);
  await cluster.must('alice', grantTo(home, 'one', { secret: 'plain', subject, access: 'write' }));
  await untilTrue(async () => (await cluster.list('role', home)).length > length, 'a Role more');
  // As somebody might who looks around: our labels are taken off, rules and subjects changed.
  for (const kind of ['role', 'rolebinding']) {
    const [first] = await cluster
      .list(kind, home)
      .then((all) => all.filter(({ metadata }) => /grant/.test(metadata.name)));
    const name = first?.metadata.name ?? '';
    await cluster.output('admin', ['label', kind, name, '-n', home, 'neu.ro/managed-by-']);
    await untilTrue(async () => {
      const labels = await cluster.output('admin', [
        'get',
        kind,
        name,
        '-n',
        home,
        '-o',
        'jsonpath={.metadata.labels}',
      ]);
      return labels.includes('managed-by');
    }, 'the label again');
  }
  await cluster.must('alice', grantTo(home, 'one', { secret: 'plain', subject, access: 'read' }));
  await untilTrue(async () => (await cluster.list('role', home)).length === length, 'a Role less');
  await cluster.makeHome(user);
  await cluster.output('alice', ['delete', 'secretgrant', '--all', '-n', home]);
  await untilTrue(async () => (await shared(carols)).length === 0, 'nothing shared');
}

/** Made, changed with a former value each time, kept at the end, and taken away. */
async function copiesThatEnd(home: string): Promise<void> {
  const copies = await cluster.makeHome(`dave-${home}`);
  const toCopies = { secret: 'copied', subject: { kind: 'Namespace', name: copies }, access: 'copy' } as const;
  const copy = (name: string): unknown => userSecret(copies, name, { sharedFrom: { namespace: home, name: 'copied' } });
  await cluster.must(
    'alice',
    userSecret(home, 'copied', { value: 'v1', history: { keep: 1 } }),
    grantTo(home, 'copies', toCopies),
  );
  await cluster.must('admin', copy('copied'));
  const untilCopied = (value: string): Promise<void> =>
    untilTrue(async () => (await valueOf(copies, 'copied')) === value, `the copy is ${value}`);
  await untilCopied('v1');
  for (const value of ['v2', 'v3']) {
    await cluster.must('alice', userSecret(home, 'copied', { value, history: { keep: 1 } }));
    await untilCopied(value);
  }
  await cluster.output('alice', ['delete', 'secretgrant', 'copies', '-n', home]);
  await untilTrue(async () => (await valueOf(copies, 'copied')) === '', 'the copy is gone');
  await cluster.must('alice', userSecret(home, 'copied', { value: 'v3', history: { keep: 0 }, onRevoke: 'Continue' }));
  await cluster.must('alice', grantTo(home, 'copies', toCopies));
  await untilCopied('v3');
  await cluster.output('alice', ['delete', 'secretgrant', 'copies', '-n', home]);
  await cluster.output('admin', ['wait', '--for=condition=Ready=false', 'usersecret/copied', '-n', copies]);
  expect(await valueOf(copies, 'copied')).toBe('v3');
}

async function jobsOfAllKinds(home: string): Promise<void> {
  const env = [{ name: 'S', fromSecret: { name: 'plain' } }];
  for (const [kind, name] of [
    ['Pod', 'taken-pod'],
    ['Service', 'taken-service'],
  ] as const) {
    const spec =
      kind === 'Pod'
        ? { schedulingGates: [{ name: 'neu.ro/never' }], containers: [{ name: 'c', image: 'busybox:1' }] }
        : { ports: [{ port: 80 }] };
    await cluster.must('alice', { apiVersion: 'v1', kind, metadata: { namespace: home, name }, spec });
  }
  const runs = 'trap "exit 0" TERM; sleep 1000 & wait';
  await cluster.must(
    'alice',
    shellJob(home, 'goes', 'true', { env, ttlAfterFinished: '1s' }),
    shellJob(home, 'serves', runs, { env, http: { port: 80 } }),
    shellJob(home, 'taken-pod', 'true', { env }),
    shellJob(home, 'taken-service', 'true', { env, http: { port: 80 } }),
  );
  await cluster.output('alice', ['wait', '--for=delete', 'neurojob/goes', '-n', home, '--timeout=300s']);
  await ready(home, 'neurojob/serves');
  await cluster.output('alice', ['wait', '--for=condition=Failed', 'neurojob/taken-pod', '-n', home, '--timeout=300s']);
  await cluster.output('alice', [
    ...['wait', '--for=condition=Failed', 'neurojob/taken-service'],
    ...['-n', home, '--timeout=300s'],
  ]);
  await cluster.output('alice', [
    ...['patch', 'neurojob', 'serves', '-n', home],
    ...['--type=merge', '-p', '{"spec":{"cancel":true}}'],
  ]);
  await cluster.output('alice', ['wait', '--for=delete', 'service/serves', '-n', home, '--timeout=300s']);
  await cluster.output('alice', ['wait', '--for=delete', 'pod/serves', '-n', home, '--timeout=300s']);
}

function ready(namespace: string, ...what: readonly string[]): Promise<string> {
  return cluster.output('alice', ['wait', '--for=condition=Ready', ...what, '-n', namespace, '--timeout=300s']);
}

async function valueOf(namespace: string, name: string): Promise<string> {
  const secret = await cluster.get('secret', namespace, name);
  return Buffer.from(secret?.data?.[name] ?? '', 'base64').toString();
}

async function shared(namespace: string): Promise<readonly string[]> {
  return Object.keys((await cluster.get('configmap', namespace, 'neuro-shared-with-me'))?.data ?? {});
}
