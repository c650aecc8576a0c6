/**
 * Values of secrets stand where they have to, and nowhere else. Unlikely values go through every source, use and failure while the operator
 * logs all that it can; then everything that anybody could read is searched for them.
 *
 * Where they may stand: native Secrets and snapshots of jobs; a UserSecret to which the value was given in plain; and what a container
 * itself wrote to its termination log, which the kubelet shows in the Pod's status.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inCluster, operatorNamespace, type InCluster, type KubeJson } from '../support/in-cluster.ts';
import {
  canary,
  findCanaries,
  patternsOf,
  placesOf,
  type Canary,
  type Finding,
  type Place,
} from '../support/in-cluster-canary.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { kill9, leader, operatorLogs, operatorPods, untilOtherLeads } from '../support/in-cluster-operator.ts';
import { kubeseal, sealedSecret } from '../support/in-cluster-sealing.ts';
import { untilTrue } from '../support/until.ts';
import { endpoints, logsOfTheCluster, lookInto } from './canary-places.ts';

let cluster: InCluster;
let alices: string;
let bobs: string;
const canaries: Canary[] = [];
/** The API server itself logs a value of a custom resource that is no text, before it asks any schema: see docs/security.md. */
const notText = 'not text (gone)';
/** What the API server and kubectl have said to people in the course of the story. */
const answers: Place[] = [];
/** Logs of the operator's processes that are gone by the end. */
const formerLogs: Place[] = [];

beforeAll(async () => {
  cluster = await inCluster();
  await setArguments(['--log-level', 'trace']);
  alices = await cluster.makeHome('alice');
  bobs = await cluster.makeHome('bob');
});

afterAll(() => setArguments(null));

describe('the search', () => {
  const core = 'canary0123456789abcdef';
  const planted: readonly (readonly [string, string])[] = [
    ['as it is', core],
    ['in a longer text', `before ${core} after`],
    ['in a URL', encodeURIComponent(`a b&${core}/ü`)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: `"${core}\n` }))],
    ['in hexadecimal', Buffer.from(`x${core}y`).toString('hex')],
    ['in upper case hexadecimal', Buffer.from(core).toString('hex').toUpperCase()],
    ...['', 'x', 'xy', 'xyz'].flatMap((before) =>
      (['base64', 'base64url'] as const).map(
        (encoding) =>
          [`in ${encoding} after '${before}'`, Buffer.from(`${before}${core}\n`).toString(encoding)] as const,
      ),
    ),
  ];

  test.each(planted)('finds a value %s', (_name, text) => {
    expect(findCanaries(patternsOf([canary('planted', core)]), [{ where: 'here', text }])).not.toEqual([]);
  });

  test('finds none where there is none', () => {
    const text = [core.slice(1), core.toUpperCase(), Buffer.from(core.slice(2)).toString('base64')].join(' ');
    expect(findCanaries(patternsOf([canary('planted', core)]), [{ where: 'here', text }])).toEqual([]);
  });
});

describe('in a story with every source, use and failure', () => {
  let inObjects: readonly Finding[];

  beforeAll(async () => {
    await secretsOfEverySource();
    await whatGoesWrongWithSecrets();
    await whatChanges();
    await jobs();
    await cluster.cluster.restartApiServer();
    await afterTheRestart();
    await killTheLeader();
    inObjects = await searchObjects();
  });

  test('the values are where they must be, so that the search has something to find', () => {
    const found = new Set(inObjects.filter(isAllowed).map((finding) => finding.canary));
    expect(canaries.map(({ name }) => name).filter((name) => !found.has(name) && !isGone(name))).toEqual([]);
  });

  test('no object of any kind shows one that may not', () => {
    expect(inObjects.filter((finding) => !isAllowed(finding))).toEqual([]);
  });

  test('no log, metric, audit log or answer shows one', async () => {
    const places = [
      ...answers,
      ...formerLogs,
      { where: 'logs of the operator', text: await operatorLogs(cluster) },
      ...(await endpoints(cluster)),
      ...(await logsOfTheCluster(cluster)),
    ];
    expect(places.filter(({ text }) => text !== '').length).toBeGreaterThan(10);
    const log = places.find(({ where }) => where === 'logs of the operator')?.text ?? '';
    expect(log).toContain('controllers run');
    const findings = findCanaries(patternsOf(canaries), places);
    const isOurs = ({ canary: name, where }: Finding): boolean => name !== notText || where !== 'kube-apiserver.log';
    expect(findings.filter(isOurs)).toEqual([]);
  });

  test('no command line, variable or file in the container of the operator holds one', async () => {
    for (const pod of await operatorPods(cluster)) {
      const seen = await lookInto(cluster, pod.metadata.name, canaries);
      expect(seen.read).toBeGreaterThan(10);
      expect(seen.large.filter((path) => !/^\/(usr|lib|lib64)\//.test(path))).toEqual([]);
      expect(seen.findings).toEqual([]);
      // A report of Node, a heap snapshot or a core would hold values; nothing asks for one.
      expect(`${seen.commandLine} ${seen.nodeOptions}`).not.toMatch(
        /report|heap-?(snapshot|prof)|abort|inspect|trace-|prof/,
      );
      expect(seen.couldWrite).toEqual([]);
    }
  });

  test('one that is planted in an object is found, wherever it is', async () => {
    const [first] = canaries;
    if (first === undefined) throw new Error('there is no canary');
    const text = Buffer.from(first.core).toString();
    await cluster.must('admin', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        namespace: bobs,
        name: 'planted',
        annotations: { note: Buffer.from(`${text}.`).toString('hex') },
        labels: { [`x-${text}`]: '' },
      },
      data: { log: Buffer.from(`ab${text}`).toString('base64') },
    });
    const findings = (await searchObjects()).filter(({ where }) => where.includes(`ConfigMap ${bobs}/planted`));
    await cluster.output('admin', ['delete', 'configmap', 'planted', '-n', bobs]);
    const places = findings.map(({ where }) => where).join('\n');
    for (const field of ['.data.log', '.metadata.annotations.note', '.metadata.labels', '.metadata.managedFields'])
      expect(places).toContain(field);
    expect(findings.every((finding) => !isAllowed(finding))).toBe(true);
  });

  test('when the namespaces are gone, so are the values', async () => {
    await cluster.output('admin', ['delete', 'namespace', alices, bobs, '--ignore-not-found', '--timeout=300s']);
    expect(await searchObjects()).toEqual([]);
  });
});

async function secretsOfEverySource(): Promise<void> {
  // With `create`, because `apply` would keep the value in an annotation of a Secret that is not ours.
  const elsewhere = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: alices, name: 'elsewhere' },
    stringData: { token: released('referred') },
  };
  await run('alice', ['create', '-f', '-'], elsewhere);
  const bytes = Buffer.concat([Buffer.from([0xff, 0, 0xfe]), randomBytes(24)]);
  canaries.push(canary('binary', bytes.subarray(3)));
  const strict = ['--raw', '--name', 'kube', '--namespace', alices, '--scope', 'strict'];
  const kube = (await kubeseal(cluster, 'alice', strict, released('kubeseal'))).trim();
  await run(
    'alice',
    ['apply', '-f', '-'],
    await sealedSecret(cluster, alices, 'sealed', released('sealed'), { onRevoke: 'Terminate' }),
    userSecret(alices, 'kube', { sealed: { format: 'kubeseal', value: kube, scope: 'strict' } }),
    userSecret(alices, 'plain', { value: released('plain') }),
    userSecret(alices, 'binary', { valueBase64: bytes.toString('base64') }),
    userSecret(alices, 'made', { generate: { type: 'Password', length: 40 } }),
    userSecret(alices, 'ssh', { generate: { type: 'Ed25519' } }),
    userSecret(alices, 'referred', { secretKeyRef: { name: 'elsewhere', key: 'token' } }),
  );
  await cluster.output('alice', [
    'wait',
    '--for=condition=Ready',
    'usersecret',
    '--all',
    '-n',
    alices,
    '--timeout=300s',
  ]);
  canaries.push(canary('made', await valueOf('made')));
  // The third line of the key's own encoding; the first two are constants and the public half.
  const line = (await valueOf('ssh')).split('\n')[4] ?? '';
  canaries.push(canary('ssh', line));
}

async function whatGoesWrongWithSecrets(): Promise<void> {
  const tampered = await sealedSecret(cluster, alices, 'tampered', released('tampered (gone)'));
  const text = tampered.spec.sealed?.value ?? '';
  const sealed = {
    ...tampered.spec.sealed,
    value: `${text.slice(0, -6)}${text.at(-6) === 'A' ? 'B' : 'A'}${text.slice(-5)}`,
  };
  const moved = await sealedSecret(cluster, alices, 'moved', released('moved (gone)'));
  const dockerconfig = { type: 'kubernetes.io/dockerconfigjson', key: '.dockerconfigjson' } as const;
  await run(
    'alice',
    ['apply', '-f', '-'],
    { ...tampered, spec: { sealed } },
    { ...moved, metadata: { namespace: alices, name: 'moved-here' } },
    await sealedSecret(cluster, alices, 'not-docker', released('wrong type (gone)'), dockerconfig),
    userSecret(alices, 'not-docker-plain', { value: released('wrong type, plain'), ...dockerconfig }),
  );
  for (const name of ['tampered', 'moved-here', 'not-docker', 'not-docker-plain']) {
    await run('alice', ['wait', '--for=condition=Ready=False', `usersecret/${name}`, '-n', alices, '--timeout=300s']);
    if (name !== 'not-docker-plain') await run('alice', ['describe', 'usersecret', name, '-n', alices]);
  }
  // Refused when it is applied; the answer, and so the audit log, must not repeat it.
  const wrong: readonly (readonly [string, unknown])[] = [
    ['not base64 (gone)', { valueBase64: `${released('not base64 (gone)')} !` }],
    ['two sources (gone)', { value: released('two sources (gone)'), generate: { type: 'UUID' } }],
    [notText, { value: [released(notText)] }],
    ['sealed in plain (gone)', { sealed: { value: released('sealed in plain (gone)') } }],
    ['bad key (gone)', { key: 'a b', value: released('bad key (gone)') }],
  ];
  for (const [name, spec] of wrong) {
    // Without validation by kubectl itself, so that the API server has to answer.
    const flags = ['create', '--validate=false', '-f', '-'];
    const object = { ...userSecret(alices, 'refused', {}), spec };
    expect({ name, code: await run('alice', flags, object) }).not.toEqual({ name, code: 0 });
  }
}

async function whatChanges(): Promise<void> {
  await run(
    'alice',
    ['apply', '-f', '-'],
    await sealedSecret(cluster, alices, 'changed', released('changed from (gone)')),
  );
  await run('alice', ['wait', '--for=condition=Ready', 'usersecret/changed', '-n', alices, '--timeout=300s']);
  const next = released('changed to');
  await run('alice', ['apply', '-f', '-'], await sealedSecret(cluster, alices, 'changed', next));
  await untilTrue(async () => (await valueOf('changed')) === next, 'the new value');
  // Somebody writes into a native Secret, and takes another one away.
  const intruder = Buffer.from(released('intruder (gone)')).toString('base64');
  await cluster.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/${alices}/secrets/plain`,
    contentType: 'application/merge-patch+json',
    body: { data: { plain: intruder, more: intruder } },
  });
  await run('alice', ['delete', 'secret', 'binary', '-n', alices]);
  await untilTrue(async () => (await valueOf('plain')).startsWith('canary'), 'the healed Secret');
  await untilTrue(async () => (await valueOf('binary')) !== '', 'the Secret made again');
  const former = await valueOf('made');
  await run('alice', ['annotate', 'usersecret', 'made', '-n', alices, 'neu.ro/rotate=now']);
  await untilTrue(async () => ((await valueOf('made')) || former) !== former, 'the rotation');
  canaries.push(canary('made anew', await valueOf('made')));
}

async function jobs(): Promise<void> {
  const bob = { kind: 'User', name: 'bob' } as const;
  await run('alice', ['apply', '-f', '-'], grantTo(alices, 'to-bob', { secret: 'sealed', subject: bob }));
  const fromSecret = (name: string) => ({ fromSecret: { namespace: alices, name } });
  const names = ['sealed', 'kube', 'plain', 'made', 'referred', 'changed'];
  const env = names.map((name) => ({ name: name.toUpperCase(), ...fromSecret(name) }));
  const files = [...names, 'binary', 'ssh'].map((name) => ({ path: `/run/canary/${name}`, ...fromSecret(name) }));
  const holds = 'trap "exit 0" TERM; sleep 1000 & wait';
  const tells =
    'printf "%s %s " "$SEALED" "$PLAIN"; printf %s "$SEALED" | base64; printf %s "$PLAIN" | od -An -tx1 | tr -d " \\n"';
  await run(
    'alice',
    ['apply', '-f', '-'],
    shellJob(alices, 'holds', holds, { env, files }),
    shellJob(alices, 'tells', `{ ${tells}; } > /dev/termination-log; exit 3`, { env }),
    shellJob(alices, 'cries', `{ ${tells}; } >&2; exit 4`, { env }),
    shellJob(alices, 'not-text', 'true', { env: [{ name: 'B', ...fromSecret('binary') }] }),
    shellJob(alices, 'no-image', 'true', { image: 'neuro.invalid/none:1', env }),
  );
  await run('bob', ['apply', '-f', '-'], shellJob(bobs, 'revoked', holds, { env: env.slice(0, 1) }));
  for (const [user, namespace, job, condition] of [
    ['alice', alices, 'holds', 'Ready'],
    ['alice', alices, 'tells', 'Failed'],
    ['alice', alices, 'cries', 'Failed'],
    ['alice', alices, 'not-text', 'Failed'],
    ['bob', bobs, 'revoked', 'Ready'],
  ] as const) {
    await waitFor(user, namespace, `neurojob/${job}`, condition);
  }
  for (const name of ['tells', 'cries']) {
    await untilTrue(async () => {
      const message = (await cluster.get('neurojob', alices, name))?.status?.['message'];
      return typeof message === 'string' && message.includes('[redacted]');
    }, `the last words of ${name}`);
  }
  await run('alice', ['delete', 'secretgrant', 'to-bob', '-n', alices]);
  await untilTrue(async () => {
    const status = (await cluster.get('neurojob', bobs, 'revoked'))?.status;
    return status?.['phase'] === 'Cancelled';
  }, 'the end of the job');
}

async function afterTheRestart(): Promise<void> {
  await run('alice', ['apply', '-f', '-'], await sealedSecret(cluster, alices, 'late', released('late')));
  await waitFor('alice', alices, 'usersecret/late', 'Ready');
  for (const kind of ['usersecrets', 'secretgrants', 'neurojobs']) {
    await run('alice', ['get', kind, '-n', alices, '-o', 'wide']);
    await run('bob', ['get', kind, '-n', alices]);
  }
  await run('alice', ['describe', 'neurojobs', '-n', alices]);
  await run('alice', ['events', '-n', alices]);
}

async function killTheLeader(): Promise<void> {
  const { pod, identity } = await leader(cluster);
  formerLogs.push({ where: 'log of the leader that is killed', text: await operatorLogs(cluster) });
  await kill9(cluster, pod);
  await untilOtherLeads(cluster, identity);
  const where = ['deployment/neuro-operator', '-n', operatorNamespace];
  await cluster.output('admin', ['rollout', 'status', ...where, '--timeout=300s']);
}

/** A value that is searched for from now on. Around its core stands what encodings change. */
function released(name: string): string {
  const core = `canary${randomBytes(12).toString('hex')}`;
  canaries.push(canary(name, core));
  return `${core} "&/ü`;
}

/** By the end nothing holds it any more. */
function isGone(name: string): boolean {
  return name.endsWith('(gone)');
}

function isAllowed({ where }: Finding): boolean {
  const plain = ['plain', 'binary', 'not-docker-plain'];
  const inPlain = plain.some((name) => where.startsWith(`UserSecret ${alices}/${name} `));
  return (
    (where.startsWith(`Secret ${alices}/`) && / \.data\.[^ ]+$/.test(where)) ||
    (inPlain && / \.spec\.(value|valueBase64)$| \.metadata\.annotations\.kubectl.*last-applied/.test(where)) ||
    (/^Pod [^ ]+\/(tells|cries) /.test(where) && where.endsWith('.state.terminated.message'))
  );
}

/** Every object of every kind that can be listed. */
async function searchObjects(): Promise<readonly Finding[]> {
  const patterns = patternsOf(canaries);
  const kinds = await cluster.output('admin', ['api-resources', '--verbs=list', '-o', 'name']);
  const every = kinds.split('\n').filter(Boolean).join(',');
  const text = await cluster.output('admin', ['get', every, '-A', '-o', 'json', '--show-managed-fields']);
  const { items } = JSON.parse(text) as { readonly items: readonly KubeJson[] };
  expect(items.length).toBeGreaterThan(100);
  return items.flatMap((item) => {
    const { namespace = '', name } = item.metadata;
    return findCanaries(patterns, placesOf(item, `${item.kind} ${namespace}/${name} `));
  });
}

/** Also restarts both replicas. */
async function setArguments(args: readonly string[] | null): Promise<void> {
  const patch = { spec: { template: { spec: { containers: [{ name: 'operator', args }] } } } };
  const where = ['deployment/neuro-operator', '-n', operatorNamespace];
  await cluster.output('admin', ['patch', ...where, '-p', JSON.stringify(patch)]);
  await cluster.output('admin', ['rollout', 'status', ...where, '--timeout=300s']);
}

/** Runs kubectl and keeps what it said; resolves with its exit code. */
async function run(user: string, args: readonly string[], ...objects: readonly unknown[]): Promise<number> {
  const input = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const { code, stdout, stderr } = await cluster.kubectl(user, args, input);
  answers.push({ where: `kubectl ${args.join(' ')}`, text: `${stdout}${stderr}` });
  return code;
}

async function waitFor(user: string, namespace: string, object: string, condition: string): Promise<void> {
  const code = await run(user, ['wait', `--for=condition=${condition}`, object, '-n', namespace, '--timeout=300s']);
  if (code !== 0) throw new Error(`${object} is not ${condition}`);
}

/** Of a native Secret, under its usual key. */
async function valueOf(name: string): Promise<string> {
  const secret = await cluster.get('secret', alices, name);
  return Buffer.from(secret?.data?.[name] ?? '', 'base64').toString('utf8');
}
