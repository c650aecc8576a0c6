/** The printed `neuro run` makes the same job again, and what it cannot say is named. */
import { describe, expect, test } from 'vitest';
import { GROUP, SHARED_WITH_ME_CONFIG_MAP, type NeuroJob, type NeuroJobSpec } from '../../src/api/index.ts';
import { configMaps, neuroJobs, userSecrets } from '../../src/cli/connect/kinds.ts';
import { runCommandOf, splitWords } from '../../src/client/index.ts';
import { createWorld, type World } from '../cli/typed.ts';
import { wordsInShell } from '../support/shell-words.ts';
import { randomJobs, withoutDefaults } from './random-job.ts';

const secrets = [
  { namespace: 'alice', name: 'token-0a1b2c3d', key: 'TOKEN' },
  { namespace: 'alice', name: 'db-password', key: 'db-password' },
  { namespace: 'bob', name: 'key-1234', key: 'KEY_1234' },
] as const;
const keyOf = ({ name }: { readonly name: string }): string =>
  secrets.find((secret) => secret.name === name)?.key ?? name;
const made = { namespace: 'alice', name: 'image-7f3a', generateName: 'image-' };
const commandOf = (spec: NeuroJobSpec, metadata: NeuroJob['metadata'] = made) =>
  runCommandOf({ metadata, spec }, { namespace: 'alice', keyOf });

function worldOfAlice(): World {
  const world = createWorld({ allow: ({ group }) => group === GROUP });
  for (const { namespace, name, key } of secrets)
    if (namespace === 'alice')
      world.model.put(userSecrets, { metadata: { namespace, name }, spec: { key, sealed: { value: 'x' } } });
  const [, , { namespace, name, key }] = secrets;
  const entry = { uri: `secret:/${namespace}/${key}`, namespace, name, key, access: 'read', owner: namespace };
  world.model.put(configMaps, {
    metadata: { namespace: 'alice', name: SHARED_WITH_ME_CONFIG_MAP },
    data: { one: JSON.stringify(entry) },
  });
  return world;
}

/** What a shell made of a line, typed at the real parser. */
async function typed(world: World, [, ...words]: readonly string[]): Promise<NeuroJob> {
  const before = new Set(world.model.all(neuroJobs).map(({ metadata }) => metadata.uid));
  // Nobody runs the job here.
  const result = await world.type([words[0] ?? '', '--no-wait-start', ...words.slice(1)], { isTerminal: true });
  expect(result).toMatchObject({ code: 0 });
  const [job] = world.model.all(neuroJobs).filter(({ metadata }) => !before.has(metadata.uid));
  return job as unknown as NeuroJob;
}

const full: NeuroJobSpec = {
  image: 'registry.example/team/image:1',
  description: 'it\'s of "mine"',
  tags: ['a', 'b'],
  command: ['sh', '-c'],
  args: ['echo "$X" | wc -c'],
  workingDir: '/srv',
  env: [
    { name: 'PLAIN', value: 'two words' },
    { name: 'EMPTY', value: '' },
    { name: 'LINES', value: 'one\ntwo\t\u001b[0m' },
    { name: 'TOKEN', fromSecret: { name: 'token-0a1b2c3d' } },
    { name: 'THEIRS', fromSecret: { namespace: 'bob', name: 'key-1234' } },
  ],
  files: [{ path: '/etc/key', fromSecret: { name: 'token-0a1b2c3d' } }],
  volumes: [{ mountPath: '/data', readOnly: true, persistentVolumeClaim: { claimName: 'claim' } }],
  preset: 'small',
  priorityClassName: 'high',
  shm: '1Gi',
  restartPolicy: 'OnFailure',
  lifeSpan: '2h',
  scheduleTimeout: '10m',
  http: { port: 8080 },
};

describe('neuro job generate-run-command', () => {
  test('has every flag, and secrets by their keys', async () => {
    const world = worldOfAlice();
    world.model.put(neuroJobs, { metadata: { namespace: 'alice', name: 'job-one' }, spec: full });
    const result = await world.type(['job', 'generate-run-command', 'job-one']);
    expect(result).toMatchObject({ code: 0, error: '' });
    expect(splitWords(result.out)).toEqual([
      ...['neuro', 'run', '--name', 'job-one', '--description', 'it\'s of "mine"', '--tag', 'a', '--tag', 'b'],
      ...['--preset', 'small', '--priority', 'high', '--shm', '1Gi', '--http-port', '8080'],
      ...['--restart', 'on-failure', '--life-span', '2h', '--schedule-timeout', '10m', '--workdir', '/srv'],
      ...['--entrypoint', 'sh -c', '--no-tty', '--env', 'PLAIN=two words', '--env', 'EMPTY='],
      ...['--env', 'LINES=one\ntwo\t\u001b[0m', '--env', 'TOKEN=secret:TOKEN'],
      ...['--env', 'THEIRS=secret:/bob/KEY_1234', '--volume', 'secret:TOKEN:/etc/key'],
      ...['--volume', 'pvc:claim:/data:ro', 'registry.example/team/image:1', '--', `'echo "$X" | wc -c'`],
    ]);
  });

  test('warns of what no flag can say', async () => {
    const world = worldOfAlice();
    const spec = { image: 'i', serviceAccountName: 'robot', ttlAfterFinished: '1h' };
    world.model.put(neuroJobs, { metadata: { namespace: 'alice', name: 'job-one' }, spec });
    const { error } = await world.type(['job', 'generate-run-command', 'job-one']);
    expect(error).toContain('serviceAccountName');
    expect(error).toContain('ttlAfterFinished');
  });
});

test.each<[string, Partial<NeuroJobSpec>, string]>([
  ['the usual life span', { lifeSpan: '1d' }, 'neuro run --no-tty image:1'],
  ['no life span', {}, 'neuro run --no-tty --life-span 0 image:1'],
  ['a terminal', { lifeSpan: '1d', tty: true, stdin: true }, 'neuro run --tty image:1'],
  ['an input', { lifeSpan: '1d', stdin: true }, 'neuro run --no-tty --stdin image:1'],
  [
    'several words',
    { lifeSpan: '1d', args: ['sh', '-c', "echo 'a b'"] },
    `neuro run --no-tty image:1 -- sh -c 'echo '\\''a b'\\'''`,
  ],
  ['a job that was ended', { lifeSpan: '1d', cancel: true }, 'neuro run --no-tty image:1'],
  [
    'defaults that are written out',
    { lifeSpan: '1d', tty: false, env: [], resources: {} },
    'neuro run --no-tty image:1',
  ],
])('says %s', (_name, more, line) => {
  const { line: said, lost } = commandOf({ image: 'image:1', ...more });
  expect(lost).toEqual([]);
  expect(splitWords(said)).toEqual(splitWords(line));
});

test('names the namespace where the reader may use another', () => {
  const job = { metadata: made, spec: { image: 'i', lifeSpan: '1d' } };
  expect(runCommandOf(job, { namespace: 'alice', withNamespace: true, keyOf }).line).toBe(
    'neuro run --namespace alice --no-tty i',
  );
});

test.each<[string, Partial<NeuroJobSpec>, Partial<NeuroJob['metadata']>]>([
  ['imagePullPolicy', { imagePullPolicy: 'Always' }, {}],
  ['imagePullSecret', { imagePullSecret: { name: 'x' } }, {}],
  ['imagePullSecrets', { imagePullSecrets: [{ name: 'x' }] }, {}],
  ['resources', { resources: { limits: { cpu: 1 } } }, {}],
  ['nodeSelector', { nodeSelector: { a: 'b' } }, {}],
  ['tolerations', { tolerations: [{ operator: 'Exists' }] }, {}],
  ['schedulingGates', { schedulingGates: [{ name: 'a' }] }, {}],
  ['ttlAfterFinished', { ttlAfterFinished: '1h' }, {}],
  ['serviceAccountName', { serviceAccountName: 'robot' }, {}],
  ['automountServiceAccountToken', { automountServiceAccountToken: true }, {}],
  ['securityContext', { securityContext: { runAsUser: 1 } }, {}],
  ['env A (a plain value that begins with secret:)', { env: [{ name: 'A', value: 'secret:b' }] }, {}],
  ['volume at /c', { volumes: [{ mountPath: '/c', configMap: { name: 'c' } }] }, {}],
  ['volume at /c', { volumes: [{ mountPath: '/c', emptyDir: {} }] }, {}],
  ['volume at /c', { volumes: [{ mountPath: '/c', subPath: 'x', persistentVolumeClaim: { claimName: 'c' } }] }, {}],
  ['volume at /c', { volumes: [{ mountPath: '/c', persistentVolumeClaim: { claimName: 'c', readOnly: true } }] }, {}],
  ['mode of /a', { files: [{ path: '/a', mode: 256, fromSecret: { name: 'db-password' } }] }, {}],
  ["priorityClassName 'normal'", { priorityClassName: 'normal' }, {}],
  ['tty without stdin', { tty: true }, {}],
  ["the name 'Two.Words'", {}, { name: 'Two.Words', generateName: '' }],
  ['label kueue.x-k8s.io/queue-name', {}, { labels: { 'kueue.x-k8s.io/queue-name': 'q', other: 'x' } }],
  ['brandNew', { brandNew: 1 } as object, {}],
])('names what no flag can say: %s', (what, more, metadata) => {
  expect(commandOf({ image: 'i', ...more }, { ...made, ...metadata }).lost).toEqual([what]);
});

describe('any job', () => {
  const seed = 424_242;
  const { random, sayable } = randomJobs(seed, secrets);

  test('comes back as the same spec when its line is typed', async () => {
    const world = worldOfAlice();
    const specs = Array.from({ length: 150 }, sayable);
    const commands = specs.map((spec) => commandOf(spec));
    expect(commands.filter(({ lost }) => lost.length > 0)).toEqual([]);
    const words = wordsInShell(
      'bash',
      commands.map(({ line }) => line),
    );
    for (const [round, spec] of specs.entries()) {
      const line = commands[round]?.line;
      const job = await typed(world, words[round] ?? []);
      expect({ seed, round, line, spec: job.spec }).toEqual({ seed, round, line, spec: withoutDefaults(spec) });
    }
  });

  test('loses no field without a word', () => {
    const unsayable: Partial<NeuroJobSpec> = {
      resources: { limits: { cpu: 1 } },
      securityContext: { runAsUser: 1 },
      serviceAccountName: 'robot',
      ttlAfterFinished: '1h',
    };
    for (let round = 0; round < 200; round += 1) {
      const spec = { ...sayable(), ...Object.fromEntries(Object.entries(unsayable).filter(() => random() < 0.5)) };
      const whole = JSON.stringify(commandOf(spec));
      for (const [field, value] of Object.entries(spec)) {
        if (field === 'image' || (Array.isArray(value) && value.length === 0)) continue;
        const { [field as keyof NeuroJobSpec]: _left, ...rest } = spec;
        expect({ seed, round, field, same: JSON.stringify(commandOf(rest as NeuroJobSpec)) === whole }).toMatchObject({
          same: false,
        });
      }
    }
  });
});
