/** What is printed in each mode: pipe, quiet, wide, json, yaml, name, terminal. */
import { beforeAll, describe, expect, test } from 'vitest';
import { configMaps, neuroJobs, secretGrants, userSecrets } from '../../src/cli/connect/kinds.ts';
import { createWorld, type World } from './typed.ts';

let world: World;

beforeAll(() => {
  world = createWorld();
  const ready = { type: 'Ready', status: 'True', reason: 'Synced', message: '', lastTransitionTime: '' };
  world.model.put(userSecrets, {
    metadata: { namespace: 'alice', name: 'token' },
    spec: { description: 'of the\nregistry \u001b[31m', sealed: { value: 'x' } },
    status: { updatedAt: '2026-11-25T09:57:00Z', usedBy: 1, sharedWith: { count: 2 }, conditions: [ready] },
  });
  world.model.put(userSecrets, {
    metadata: { namespace: 'alice', name: 'db-1234' },
    spec: { key: 'DB_PASSWORD', sealed: { value: 'x' } },
    status: { updatedAt: '2026-11-20T10:00:00Z', conditions: [{ ...ready, status: 'False', reason: 'KeyConflict' }] },
  });
  world.model.put(configMaps, {
    metadata: { namespace: 'alice', name: 'neuro-shared-with-me' },
    data: {
      'bob.key': JSON.stringify({
        uri: 'secret:/bob/key',
        namespace: 'bob',
        name: 'key',
        key: 'key',
        access: 'read',
        owner: 'bob',
        expiresAt: '2026-11-25T11:00:00Z',
      }),
      'bob.old': JSON.stringify({
        uri: 'secret:/bob/old',
        namespace: 'bob',
        name: 'old',
        key: 'old',
        access: 'read',
        owner: 'bob',
        expiresAt: '2026-11-25T09:00:00Z',
      }),
      broken: 'no json',
    },
  });
  world.model.put(secretGrants, {
    metadata: { namespace: 'alice', name: 'g' },
    spec: { secret: 'db-1234', subject: { kind: 'Group', name: 'ml' }, access: 'write' },
    status: { phase: 'Active' },
  });
  world.model.put(neuroJobs, {
    metadata: { namespace: 'alice', name: 'train', creationTimestamp: '2026-11-25T09:00:00Z' },
    spec: {
      image: 'busybox:1',
      args: ['echo', 'hi'],
      env: [{ name: 'A', fromSecret: { name: 'db-1234' } }],
      files: [{ path: '/k', fromSecret: { name: 'key', namespace: 'bob' } }],
    },
    status: {
      phase: 'Running',
      startTime: '2026-11-25T09:58:00Z',
      secrets: [{ namespace: 'alice', name: 'db-1234', key: 'DB_PASSWORD' }],
    },
  });
});

type Golden = [name: string, words: readonly string[], out: string, error?: string];
const golden: readonly Golden[] = [
  [
    'secrets in a pipe',
    ['secret', 'ls'],
    `KEY          OWNER  URI                 ACCESS                           UPDATED
DB_PASSWORD  alice  secret:DB_PASSWORD  owner                            5d
token        alice  secret:token        owner                            3m
key          bob    secret:/bob/key     read until 2026-11-25T11:00:00Z
`,
    '1 secret is not usable: `neuro secret ls -o wide` shows why.\n',
  ],
  ['quiet', ['-q', 'secret', 'ls'], 'DB_PASSWORD\ntoken\nsecret:/bob/key\n'],
  ['mine, quiet', ['secret', 'ls', '-q', '--mine'], 'DB_PASSWORD\ntoken\n'],
  ['of others, quiet', ['secret', 'ls', '-q', '--shared-with-me'], 'secret:/bob/key\n'],
  [
    'full URIs, quiet',
    ['secret', 'ls', '-q', '--full-uri'],
    'secret://dev/alice/DB_PASSWORD\nsecret://dev/alice/token\nsecret://dev/bob/key\n',
  ],
  [
    'names',
    ['secret', 'ls', '-o', 'name'],
    'usersecret.neu.ro/alice/db-1234\nusersecret.neu.ro/alice/token\nusersecret.neu.ro/bob/key\n',
  ],
  ['shared with me', ['acl', 'list'], 'secret://dev/bob/key  read\n'],
  ['shared by me', ['acl', 'ls', '--shared'], 'secret://dev/alice/DB_PASSWORD  write  group:ml\n'],
  [
    'shared by me, wide',
    ['acl', 'ls', '--shared', '-o', 'wide'],
    'URI                             ACTION  SUBJECT   PHASE   EXPIRES\nsecret://dev/alice/DB_PASSWORD  write   group:ml  Active\n',
  ],
  [
    'jobs',
    ['ps'],
    'ID/NAME  STATUS   WHEN  IMAGE      OWNER  COMMAND\ntrain    running  2m    busybox:1  alice  echo hi\n',
  ],
  [
    'one job',
    ['status', 'job:train'],
    `Job                 train
Owner               alice
Status              running
Image               busybox:1
Command             echo hi
Restart policy      never
Secret files        /k  secret:/bob/key
Secret environment  A  secret:DB_PASSWORD
Created             2026-11-25T09:00:00Z
Started             2026-11-25T09:58:00Z
`,
  ],
];

describe('golden', () => {
  test.each(golden)('%s', async (_name, words, out, error = '') => {
    expect(await world.type(words)).toEqual({ code: 0, out, error });
  });

  test('a terminal has a ruled table, and nothing from the cluster moves its cursor', async () => {
    const { out } = await world.type(['secret', 'ls', '--mine', '-o', 'wide', '--color', 'no'], { isTerminal: true });
    const [head = '', rule = '', first = ''] = out.split('\n');
    expect(head).toMatch(/^ KEY +OWNER +URI/);
    expect(rule).toMatch(/^ ━+$/);
    expect(first).toMatch(/^ DB_PASSWORD +alice/);
    expect(out).toContain(String.raw`of the registry \u001b[31m`);
  });

  test('a command is shown as it can be typed', async () => {
    const args = ['-c', 'i=0; while true; do echo "$i"; done'];
    world.model.put(neuroJobs, {
      metadata: { namespace: 'alice', name: 'loop', creationTimestamp: '2026-11-25T09:30:00Z' },
      spec: { image: 'busybox:1', command: ['sh'], args },
    });
    const quoted = `sh -c 'i=0; while true; do echo "$i"; done'`;
    expect((await world.type(['ps', '--name', 'loop'])).out).toContain(`alice  ${quoted}\n`);
    const status = (await world.type(['status', 'loop'])).out;
    expect(status).toContain(`Command         ${quoted.replace('sh ', '')}\n`);
    world.model.remove(neuroJobs, { namespace: 'alice', name: 'loop' });
  });

  test('colours only where they are wanted', async () => {
    const hasColour = async (words: readonly string[], options = {}): Promise<boolean> =>
      (await world.type([...words, 'acl', 'ls'], options)).out.includes('\u001b[');
    expect(await hasColour([], { isTerminal: true })).toBe(true);
    expect(await hasColour([])).toBe(false);
    expect(await hasColour(['--color', 'yes'])).toBe(true);
    expect(await hasColour(['--color', 'no'], { isTerminal: true })).toBe(false);
    expect(await hasColour([], { isTerminal: true, env: { NO_COLOR: '1' } })).toBe(false);
  });

  test('json is a list with every field, yaml the same', async () => {
    const json = JSON.parse((await world.type(['secret', 'ls', '-o', 'json', '--shared-with-me'])).out) as unknown;
    expect(json).toMatchObject({ kind: 'List', items: [{ uri: 'secret:/bob/key', access: 'read', owner: 'bob' }] });
    expect((await world.type(['ps', '-o', 'yaml'])).out).toMatch(
      /^apiVersion: v1\nkind: List\nitems:\n {2}- metadata:/,
    );
  });
});

describe('what uses a secret, and its renewal', () => {
  test('usage names grants and jobs', async () => {
    expect(await world.type(['secret', 'usage', 'DB_PASSWORD'])).toEqual({
      code: 0,
      out: 'KIND   WHO       WHAT\ngrant  group:ml  write\njob    train     running\n',
      error: '',
    });
    expect((await world.type(['secret', 'usage', 'nothing'])).code).toBe(72);
  });

  test('rotate asks for a new value of a generated secret, and refuses another', async () => {
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name: 'made' },
      spec: { generate: { type: 'Hex' } },
    });
    expect((await world.type(['secret', 'rotate', 'made'])).code).toBe(0);
    const made = world.model.get(userSecrets, { namespace: 'alice', name: 'made' });
    expect(made?.metadata.annotations).toEqual({ 'neu.ro/rotate': '2026-11-25T10:00:00.000Z' });
    expect((await world.type(['secret', 'rotate', 'token'])).code).toBe(65);
  });

  test('reseal leaves a generated secret as it is, and has nothing to do where all keys are new', async () => {
    expect((await world.type(['secret', 'reseal', 'made'])).code).toBe(65);
    expect((await world.type(['secret', 'reseal'])).out).toBe('No secret was sealed with an older key.\n');
    world.model.remove(userSecrets, { namespace: 'alice', name: 'made' });
  });
});

describe('the value at a terminal', () => {
  test('is asked for twice, and two that differ change nothing', async () => {
    const typed = await world.type(['secret', 'seal', 'x'], { isTerminal: true, answers: ['one', 'two'] });
    expect(typed).toMatchObject({ code: 65, out: '' });
    expect(typed.error).toContain('Value: ');
    expect(typed.error).not.toContain('one');
  });

  test('is asked before anything in use is removed', async () => {
    const typed = await world.type(['secret', 'rm', 'DB_PASSWORD'], { isTerminal: true, answers: ['n'] });
    expect(typed.code).toBe(130);
    expect(typed.error).toContain('job train (running), grant of write to group:ml');
    expect(world.model.get(userSecrets, { namespace: 'alice', name: 'db-1234' })).toBeDefined();
  });
});

describe('help and words that are not there', () => {
  test.each<[readonly string[], number]>([
    [[], 0],
    [['secret'], 0],
    [['--help'], 0],
    [['job', 'run', '--help'], 0],
    [['--version'], 0],
    [['nothing'], 2],
    [['secret', 'lss'], 2],
    [['secret', 'add'], 2],
    [['acl', 'add-role', 'x'], 2],
    [['secret', 'ls', '-o', 'csv'], 2],
  ])('%j', async (words, code) => {
    const typed = await world.type(words);
    expect(typed.code).toBe(code);
    expect(typed[code === 0 ? 'error' : 'out']).toBe('');
  });
});
