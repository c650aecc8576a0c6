/**
 * For each command and each two of its options: neither makes the other silently without effect. An option that has one alone has one beside
 * the other, too, or is refused by its name; or it asks for what is so anyway.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  SEALING_KEYS_CONFIG_MAP,
  SEALING_RECIPIENTS_CONFIG_MAP,
  SHARED_WITH_ME_CONFIG_MAP,
} from '../../src/api/index.ts';
import {
  clusterRoleBindings,
  configMaps,
  nativeSecrets,
  neuroJobs,
  neuroSchedules,
  secretGrants,
  sealedSecrets,
  userSecrets,
} from '../../src/cli/connect/kinds.ts';
import type { KubeObject, ResourceType } from '../../src/kernel/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import { formatPublicKeys, generateHpkeKeyPair } from '../../src/sealing/index.ts';
import { publishSealingKey, takeUp } from './operate.ts';
import { createWorld, type World } from './typed.ts';

type Stored = KubeObject & Record<string, unknown>;

interface Verb {
  readonly words: readonly string[];
  /** Behind the options. */
  readonly behind?: readonly string[];
  /** By the name of the option: the words of it, `--name VALUE`. */
  readonly options: Readonly<Record<string, readonly string[]>>;
}

/** `B beside A`, with the reason why B needs no effect there. */
const soAnyway: Readonly<Record<string, string>> = {
  'acl ls: --shared beside --user': 'what is shared with somebody is what I share',
  'ps: --all beside --status': 'the statuses are named',
  'secret ls: --mine beside --tag': 'tags choose among my secrets',
  'secret ls: --mine beside --rotate-soon': 'dates choose among my secrets',
  'secret seal new -: --no-recovery beside --for': 'of a file no recovery keys are known',
  'run --no-wait-start --name made: --stdin beside --tty': 'a terminal has an input',
  'run --no-wait-start --name made: --tty beside --no-tty': 'the last one counts, as in a shell',
};

const data = Buffer.from('x').toString('base64');
const dated = { createdAt: '2026-01-01T00:00:00Z', active: true };
const folder = mkdtempSync(join(tmpdir(), 'neuro-options-'));
let recovery: string;
let own: string;
/** Of each kind, what is there before a command is typed. */
let atStart: readonly (readonly [ResourceType, readonly Stored[]])[];

beforeAll(async () => {
  recovery = formatPublicKeys([{ ...(await generateHpkeKeyPair()), ...dated }]);
  own = formatPublicKeys([{ ...(await generateHpkeKeyPair()), ...dated }]);
  writeFileSync(join(folder, 'other.json'), formatPublicKeys([{ ...(await generateHpkeKeyPair()), ...dated }]));
  writeFileSync(join(folder, 'env'), 'A=1\n');
  writeFileSync(join(folder, 'lines'), 'VARIABLE=of a file\n');
  const { model } = await firstWorld();
  atStart = kinds.map((kind) => [kind, model.all(kind)]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const kinds = [
  clusterRoleBindings,
  configMaps,
  nativeSecrets,
  sealedSecrets,
  userSecrets,
  secretGrants,
  neuroJobs,
  neuroSchedules,
] as const;
const inFolder = (name: string): string => join(folder, name);
const output = { '--output': ['-o', 'json'] };

const verbs = (): readonly Verb[] => [
  {
    words: ['secret', 'add', 'new'],
    options: {
      '--raw': ['--raw'],
      '--description': ['--description', 'of the shop'],
      '--rotate-by': ['--rotate-by', '90d'],
      '--for': ['--for', inFolder('other.json')],
      '--no-recovery': ['--no-recovery'],
      '--from': ['--from', 'secret:/bob/token'],
      '--label': ['--label', 'a=b'],
      '--annotation': ['--annotation', 'a=b'],
      '--template': ['--template', 'x$(a)', '--part', 'a=db'],
      '--from-config-map': ['--from-config-map', 'settings/host'],
    },
  },
  {
    words: ['secret', 'seal', 'new', '-'],
    options: {
      ...output,
      '--raw': ['--raw'],
      '--description': ['--description', 'of the shop'],
      '--for': ['--for', inFolder('other.json')],
      '--no-recovery': ['--no-recovery'],
      '--cert': ['--cert', inFolder('other.json')],
    },
  },
  {
    words: ['secret', 'ls'],
    options: {
      ...output,
      '--mine': ['--mine'],
      '--shared-with-me': ['--shared-with-me'],
      '--tag': ['--tag', 'shop'],
      '--rotate-soon': ['--rotate-soon'],
      '--full-uri': ['--full-uri'],
    },
  },
  {
    words: ['secret', 'import', inFolder('env')],
    options: {
      '--format': ['--format', 'env'],
      '--prefix': ['--prefix', 'P_'],
      '--no-recovery': ['--no-recovery'],
    },
  },
  {
    words: ['secret', 'import', '--from-secret', 'native'],
    options: { '--prefix': ['--prefix', 'P_'], '--no-recovery': ['--no-recovery'] },
  },
  {
    words: ['secret', 'adopt', 'native'],
    options: { '--prefix': ['--prefix', 'P_'] },
  },
  {
    words: ['secret', 'manifest'],
    options: {
      ...output,
      '--dir': ['--dir', inFolder('written')],
      '--to': ['--to', 'bob'],
      '--grants': ['--grants'],
      '--no-recovery': ['--no-recovery'],
    },
  },
  {
    words: ['secret', 'reseal', 'db'],
    options: { '--for': ['--for', inFolder('other.json')], '--no-recovery': ['--no-recovery'] },
  },
  {
    words: ['acl', 'ls'],
    options: { ...output, '--shared': ['--shared'], '--user': ['--user', 'bob'] },
  },
  {
    words: ['share', 'secret:db', 'carol'],
    options: { '--expires': ['--expires', '8h'], '--description': ['--description', 'why'] },
  },
  {
    words: ['ps'],
    options: {
      ...output,
      '--all': ['--all'],
      '--status': ['--status', 'failed'],
      '--tag': ['--tag', 'night'],
      '--since': ['--since', '2h'],
      '--until': ['--until', '2h'],
      '--description': ['--description', 'of the shop'],
      '--recent-first': ['--recent-first'],
    },
  },
  {
    words: ['run', '--no-wait-start', '--name', 'made'],
    behind: ['busybox:1'],
    options: {
      '--env': ['--env', 'A=secret:db'],
      '--env-file': ['--env-file', inFolder('lines')],
      '--volume': ['--volume', 'secret:db:/db'],
      '--entrypoint': ['--entrypoint', 'sh'],
      '--workdir': ['--workdir', '/tmp'],
      '--preset': ['--preset', 'small'],
      '--shm': ['--shm', '1Gi'],
      '--http-port': ['--http-port', '80'],
      '--restart': ['--restart', 'always'],
      '--life-span': ['--life-span', '2h'],
      '--schedule-timeout': ['--schedule-timeout', '2m'],
      '--schedule': ['--schedule', '0 3 * * *'],
      '--time-zone': ['--time-zone', 'Europe/Berlin'],
      '--tag': ['--tag', 'night'],
      '--description': ['--description', 'of the shop'],
      '--port-forward': ['--port-forward', '8080:80'],
      '--stdin': ['--stdin'],
      '--share': ['--share', 'bob'],
      '--priority': ['--priority', 'high'],
      '--tty': ['--tty'],
      '--no-tty': ['--no-tty'],
    },
  },
  {
    words: ['schedule', 'rm', 'nightly'],
    options: { '--keep-jobs': ['--keep-jobs'] },
  },
  {
    words: ['admin', 'add-user', 'dora'],
    options: { '--home': ['--home', 'dora-home'], '--group': ['--group', 'shop'], '--valid': ['--valid', '30d'] },
  },
];

/** Options that are no part of the table: of what goes on until it is ended, or of a dry run of the same line. */
const leftOut = new Set(['--watch', '--help', '--check', '--dry-run', '--detach', '--wait-start', '--no-wait-start']);
/** In the table as words of another row, or as a part of another option. */
const elsewhere = new Set([
  '--name',
  '--part',
  '--from-secret',
  '--from-sealed-secret',
  '--save-kubeconfig',
  '--cert',
  '--key',
  '--ca',
  '--tls',
]);

function newWorld(): World {
  const world = createWorld({ operate: takeUp, allow: () => true });
  for (const [kind, objects] of atStart) for (const object of objects) world.model.put(kind, object);
  return world;
}

async function firstWorld(): Promise<World> {
  const world = createWorld({ operate: takeUp, allow: () => true });
  const { model } = world;
  await publishSealingKey(model);
  model.put(configMaps, {
    metadata: { namespace: 'neuro-system', name: SEALING_KEYS_CONFIG_MAP },
    data: { 'keys.json': own },
  });
  const inAlice = (name: string, more: object = {}) => ({ namespace: 'alice', name, ...more });
  model.put(configMaps, {
    metadata: { namespace: 'neuro-system', name: SEALING_RECIPIENTS_CONFIG_MAP },
    data: { 'recipients.json': recovery },
  });
  expect(await world.type(['secret', 'add', 'db', '-', '--rotate-by', '3d'], { input: 'x' })).toMatchObject({
    code: 0,
  });
  expect(await world.type(['secret', 'tag', 'db', 'shop'])).toMatchObject({ code: 0 });
  expect(await world.type(['share', 'secret:db', 'bob'])).toMatchObject({ code: 0 });
  expect(await world.type(['share', 'secret:db', 'group:shop'])).toMatchObject({ code: 0 });
  const { uid = '' } = model.get(userSecrets, inAlice('db'))?.metadata ?? {};
  const ownerReferences = [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db', uid }];
  model.put(nativeSecrets, { metadata: inAlice('db', { ownerReferences }), data: { db: data } });
  model.put(userSecrets, { metadata: inAlice('plain'), spec: { value: 'x' } });
  model.put(nativeSecrets, { metadata: inAlice('native'), data: { a: data } });
  model.put(sealedSecrets, { metadata: inAlice('sealed'), spec: { encryptedData: { a: 'AgBy' } } });
  const jobs = ['Running', 'Failed', 'Pending'].flatMap((phase) =>
    ['09:59', '05:00', '04:00', '09:00'].flatMap((time) =>
      [{}, { tags: ['night'] }, { description: 'of the shop' }, { description: 'of the shop', tags: ['night'] }].map(
        (more) => ({ phase, createdAt: `2026-11-25T${time}:00Z`, more }),
      ),
    ),
  );
  for (const [index, { phase, createdAt, more }] of jobs.entries())
    model.put(neuroJobs, {
      metadata: inAlice(`job-${String(index)}`, { creationTimestamp: createdAt }),
      spec: { image: 'busybox:1', ...more },
      status: { phase, ...(phase === 'Failed' ? { finishTime: createdAt } : {}) },
    });
  const shared = {
    uri: 'secret:/bob/token',
    namespace: 'bob',
    owner: 'bob',
    name: 'token',
    key: 'token',
    access: 'copy',
  };
  model.put(configMaps, {
    metadata: inAlice(SHARED_WITH_ME_CONFIG_MAP),
    data: { 'bob.token': JSON.stringify(shared) },
  });
  model.put(neuroSchedules, {
    metadata: inAlice('nightly'),
    spec: { schedule: '0 3 * * *', jobTemplate: { name: 'template' } },
  });
  return world;
}

/** All that one can see of it, without what is new each time. */
async function outcomeOf(
  { words, behind = [] }: Verb,
  options: readonly string[],
): Promise<{ readonly code: number; readonly seen: string }> {
  const world = newWorld();
  rmSync(inFolder('written'), { recursive: true, force: true });
  const result = await world.type([...words, ...options, ...behind], { input: 'x\n' });
  const objects = [userSecrets, secretGrants, neuroJobs, neuroSchedules].flatMap((kind) => world.model.all(kind));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.endsWith('written'))
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')]);
  return { code: result.code, seen: withoutNews(JSON.stringify([result, objects, files])) };
}

/** A sealed text is the key that it is for. */
function withoutNews(text: string): string {
  return text
    .replace(/(v1\.[a-z0-9-]+\.[0-9a-f]{16})\.[\w-]+\.[\w-]+/g, '$1')
    .replace(/[\dT:.-]+Z alice/g, 'then alice')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uid');
}

test.each(verbs().map(({ words }, index) => [words.filter((word) => !word.startsWith('/')).join(' '), index] as const))(
  '%s',
  async (name, index) => {
    const verb = verbs()[index];
    if (verb === undefined) throw new Error(name);
    const none = await outcomeOf(verb, []);
    // Nothing in it is by chance, or each two would differ.
    expect((await outcomeOf(verb, [])).seen === none.seen).toBe(true);
    const flags = Object.keys(verb.options);
    const of = (flag: string): readonly string[] => verb.options[flag] ?? [];
    const alone = new Map<string, Awaited<ReturnType<typeof outcomeOf>>>();
    for (const flag of flags) alone.set(flag, await outcomeOf(verb, of(flag)));
    const ignored: string[] = [];
    for (const one of flags)
      for (const other of flags.slice(flags.indexOf(one) + 1)) {
        const both = await outcomeOf(verb, [...of(one), ...of(other)]);
        if (both.code !== 0) continue;
        for (const [kept, lost] of [
          [one, other],
          [other, one],
        ] as const)
          if (both.seen === alone.get(kept)?.seen && alone.get(lost)?.seen !== none.seen)
            ignored.push(`${name}: ${lost} beside ${kept}`);
      }
    expect(ignored.filter((each) => !(each in soAnyway))).toEqual([]);
  },
);

test('the table has every option of its commands', () => {
  const { command: program } = createProgram({ io: {} as never, connect: () => Promise.reject(new Error('none')) }, '');
  for (const { words, options } of verbs()) {
    let command = program;
    for (const word of words) command = command.commands.find((one) => one.name() === word) ?? command;
    const declared = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? '');
    expect(declared.filter((flag) => !(flag in options) && !leftOut.has(flag) && !elsewhere.has(flag))).toEqual(
      words.includes('--from-secret') ? ['--format'] : [],
    );
  }
});
