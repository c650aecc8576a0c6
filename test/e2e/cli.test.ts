/** What the user's page promises, typed as it stands there, by alice and bob with their own kubeconfigs, on a real node. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { mayDo } from '../support/api-verdict.ts';
import { untilTrue } from '../support/until.ts';
import { person, shellOf, type Person, type Shell } from './cli-command.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';
import { hash } from './streams.ts';

const homes = fileURLToPath(new URL('../../manifests/samples/00-homes.yaml', import.meta.url));

let cluster: NodeCluster;
let operator: RunningOperator;
let alice: Person;
let bob: Person;
let aliceTypes: Shell;
let bobTypes: Shell;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-cli-test-'));
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
  expect((await cluster.kubectl('admin', ['apply', '-f', homes])).code).toBe(0);
  alice = person(cluster.cluster, 'alice');
  bob = person(cluster.cluster, 'bob');
  aliceTypes = shellOf(cluster.cluster, 'alice');
  bobTypes = shellOf(cluster.cluster, 'bob');
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
  rmSync(folder, { recursive: true, force: true });
});

describe('the page of the user, row by row', () => {
  test('create', async () => {
    const typed = await aliceTypes(`neuro secret add secret-password 'p@$$w0rd123'`);
    expect(typed).toMatchObject({ code: 0, out: "Secret 'secret-password' added (11 bytes).\n", error: '' });
    expect((await aliceTypes('neuro secret get secret-password')).out).toBe('p@$$w0rd123');
  });

  test('create from a file', async () => {
    const path = join(folder, 'path/to/secret');
    expect((await aliceTypes(`mkdir -p ${path} && printf 'from a file\\n' > ${path}/file.txt`)).code).toBe(0);
    const typed = await aliceTypes('neuro secret add secret-password @path/to/secret/file.txt', folder);
    expect(typed).toMatchObject({ code: 0, out: "Secret 'secret-password' updated (12 bytes).\n" });
    expect((await alice(['secret', 'get', 'secret-password'])).out).toBe('from a file\n');
  });

  test('use as a file', async () => {
    const typed = await aliceTypes(
      'neuro run --volume secret:secret-password:/var/secrets/secret-password.txt busybox:1 -- cat /var/secrets/secret-password.txt',
    );
    expect(typed).toMatchObject({ code: 0, out: 'from a file\n' });
    expect(typed.error).toMatch(/^Job ID: busybox-[0-9a-f]{4}\n(Status: .*\n)+$/);
    expect(typed.error.trim().split('\n').at(-1)).toBe('Status: succeeded');
  });

  test('use as a variable', async () => {
    const typed = await aliceTypes(`neuro run --env mypass=secret:secret-password busybox:1 -- sh -c 'echo "$mypass"'`);
    expect(typed).toMatchObject({ code: 0, out: 'from a file\n\n' });
  });

  test('before it is shared, Bob reads whom to ask for what, and no job is created', async () => {
    const typed = await bobTypes('neuro run --env mypass=secret:/alice/secret-password busybox:1 -- true');
    expect(typed).toMatchObject({ code: 77, out: '' });
    expect(typed.error).toContain('ask alice to run `neuro share secret:secret-password bob`');
    expect((await bobTypes('neuro ps -a -q')).out).toBe('');
  });

  test('share', async () => {
    expect(await aliceTypes('neuro acl grant secret:secret-password bob read')).toMatchObject({
      code: 0,
      out: 'bob was granted read on secret:secret-password.\n',
      error: '',
    });
    expect(await aliceTypes('neuro share secret:secret-password bob')).toMatchObject({ code: 0, error: '' });
    expect((await aliceTypes('neuro acl ls --shared')).out).toBe(
      `secret://${cluster.cluster.name}/alice/secret-password  read  bob\n`,
    );
  });

  test('see what is shared with me', async () => {
    await untilTrue(async () => (await bobTypes('neuro acl list')).out !== '');
    const uri = `secret://${cluster.cluster.name}/alice/secret-password`;
    expect((await bobTypes('neuro acl list')).out).toBe(`${uri}  read\n`);
    expect((await bobTypes('neuro acl list secret:')).out).toBe(`${uri}  read\n`);
    expect((await bobTypes('neuro acl list secret:/carol')).out).toBe('');
    expect((await bobTypes('neuro secret ls')).out).toBe(
      'KEY              OWNER  URI                            ACCESS  UPDATED\n' +
        'secret-password  alice  secret:/alice/secret-password  read\n',
    );
    expect((await bobTypes('neuro -q secret ls')).out).toBe('secret:/alice/secret-password\n');
    expect((await bobTypes('neuro secret ls --mine -q')).out).toBe('');
  });

  test('Bob uses what is shared with him, and cannot read it himself', async () => {
    await untilBobMayUse('yes', 'secret-password');
    const typed = await bobTypes(
      `neuro run --env mypass=secret:/alice/secret-password busybox:1 -- sh -c 'echo "$mypass"; exit 7'`,
    );
    expect(typed).toMatchObject({ code: 7, out: 'from a file\n\n' });
    expect(await bobTypes('neuro secret get secret:/alice/secret-password')).toMatchObject({ code: 77, out: '' });
  });

  test('revoke, and a second time', async () => {
    expect(await aliceTypes('neuro acl revoke secret:secret-password bob')).toMatchObject({ code: 0, error: '' });
    expect(await aliceTypes('neuro acl revoke secret:secret-password bob')).toMatchObject({ code: 127, out: '' });
    await untilTrue(async () => (await bobTypes('neuro acl list')).out === '');
    await untilBobMayUse('no', 'secret-password');
    expect(await bobTypes('neuro run -e X=secret:/alice/secret-password busybox:1 -- true')).toMatchObject({
      code: 77,
    });
  });

  test('delete, with the grants that were made for it', async () => {
    await aliceTypes('neuro share secret:secret-password bob');
    expect(await aliceTypes('neuro secret rm secret-password')).toMatchObject({
      code: 0,
      out: "Secret 'secret-password' removed, and with it 1 grant.\n",
    });
    expect((await aliceTypes('neuro secret ls')).out).not.toContain('secret-password');
    expect((await aliceTypes('neuro acl ls --shared')).out).toBe('');
    expect(await aliceTypes('neuro secret rm secret-password')).toMatchObject({ code: 72, out: '' });
    expect(await aliceTypes('neuro run -e X=secret:secret-password busybox:1 -- true')).toMatchObject({ code: 72 });
  });
});

test('installed as kubectl-neuro it is a plug-in of kubectl', async () => {
  const plugin = join(folder, 'kubectl-neuro');
  rmSync(plugin, { force: true });
  symlinkSync(fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url)), plugin);
  await alice(['secret', 'add', 'plugged', 'x']);
  const { kubectlPath } = cluster.cluster;
  const path = `PATH="${folder}:${dirname(process.execPath)}:$PATH"`;
  const typed = await aliceTypes(`${path} "${kubectlPath}" neuro secret ls -q`);
  expect(typed.out.split('\n')).toContain('plugged');
  expect((await aliceTypes(`${path} "${kubectlPath}" neuro secret get nothing`)).code).toBe(72);
});

describe('installed, with Node behind it', () => {
  const installed = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));
  const path = (): string => `PATH="${dirname(process.execPath)}:$PATH" "${installed}"`;

  test('an env file that does not exist is an error of ours', async () => {
    const typed = await aliceTypes(`${path()} secret exec --env-file nothing.env -- true`);
    expect(typed).toMatchObject({ code: 72, out: '', error: 'ERROR: File not found (nothing.env).\n' });
  });

  test('an env file sets variables of the command that it runs, not its own', async () => {
    // In a file, a name alone is the variable that neuro itself has.
    const [set, take] = [join(folder, 'set.env'), join(folder, 'take.env')];
    writeFileSync(set, 'LEAKED=1\nKUBECONFIG=/nonexistent\n');
    writeFileSync(take, 'LEAKED\n');
    const words = `--env-file "${set}" --env-file "${take}" -e A=secret:plugged -- sh -c 'echo "[$LEAKED] $A"'`;
    expect(await aliceTypes(`${path()} secret exec ${words}`)).toMatchObject({ code: 0, out: '[] x\n' });
  });
});

describe('a value survives, byte for byte', () => {
  const pem = `-----BEGIN PRIVATE KEY-----\n${randomBytes(48).toString('base64')}\n-----END PRIVATE KEY-----\n`;
  const values: readonly (readonly [string, Buffer])[] = [
    ['one byte', Buffer.from('x')],
    ['empty lines', Buffer.from('\n\na\n\nb')],
    ['CRLF', Buffer.from('a\r\nb\r\n')],
    ['only a line break', Buffer.from('\n')],
    ['NUL and no UTF-8', Buffer.from([0, 255, 254, 0, 10, 128])],
    ['emoji', Buffer.from('🔑 ключ \u0301')],
    ['a PEM', Buffer.from(pem)],
    ['a leading @', Buffer.from('@home')],
    ['a leading -', Buffer.from('-dash')],
    ['700 KB', randomBytes(700_000)],
  ];

  test.each(values)('%s, from a file, to standard output and to a file', async (_name, value) => {
    const [from, to] = [join(folder, 'in'), join(folder, 'out')];
    writeFileSync(from, value);
    expect(await alice(['secret', 'add', 'Bytes_1', `@${from}`])).toMatchObject({ code: 0, error: '' });
    expect(hash((await alice(['secret', 'get', 'Bytes_1'])).bytes)).toBe(hash(value));
    expect((await alice(['secret', 'get', 'Bytes_1', '-f', to])).code).toBe(0);
    expect(hash(readFileSync(to))).toBe(hash(value));
    expect(statSync(to).mode & 0o777).toBe(0o600);
  });

  test.each(values)('%s, from a pipe with --raw', async (_name, value) => {
    expect(await alice(['secret', 'add', 'Bytes_1', '-', '--raw'], value)).toMatchObject({ code: 0, error: '' });
    expect(hash((await alice(['secret', 'get', 'Bytes_1'])).bytes)).toBe(hash(value));
  });

  test('one final line break of a pipe is removed, with a note', async () => {
    const typed = await alice(['secret', 'add', 'Bytes_1', '-'], 'a\n\n');
    expect(typed.error).toContain('One final line break was taken off');
    expect((await alice(['secret', 'get', 'Bytes_1'])).out).toBe('a\n');
  });

  test.each([
    ['@@home', '@home'],
    ['ключ', 'ключ'],
  ])('%s as an argument', async (typed, value) => {
    expect((await alice(['secret', 'add', 'Bytes_1', typed])).code).toBe(0);
    expect((await alice(['secret', 'get', 'Bytes_1'])).out).toBe(value);
  });

  test('a leading - after --', async () => {
    expect((await alice(['secret', 'add', 'Bytes_1', '--', '-dash'])).code).toBe(0);
    expect((await alice(['secret', 'get', 'Bytes_1'])).out).toBe('-dash');
  });

  test('into a job, as a file and as a variable', async () => {
    const value = Buffer.from(pem);
    expect((await alice(['secret', 'add', 'Pem', '-', '--raw'], value)).code).toBe(0);
    const script = 'sha256sum < /pem; printf %s "$PEM" | sha256sum';
    const uses = ['-v', 'secret:Pem:/pem', '-e', 'PEM=secret:Pem'];
    const typed = await alice(['run', ...uses, 'busybox:1', '--', 'sh', '-c', script]);
    expect(typed).toMatchObject({ code: 0, out: `${hash(value)}  -\n${hash(value)}  -\n` });
  });

  test('sealed for git, and applied with kubectl', async () => {
    const value = randomBytes(5_000);
    const sealed = await alice(['secret', 'seal', 'From_Git', '-', '--raw'], value);
    expect(sealed).toMatchObject({ code: 0, error: '' });
    expect((await cluster.kubectl('alice', ['apply', '-f', '-'], sealed.out)).code).toBe(0);
    expect(hash((await alice(['secret', 'get', 'From_Git'])).bytes)).toBe(hash(value));
  });
});

describe('a refusal sets the exit code, and changes nothing', () => {
  test.each<[string, readonly string[], number]>([
    ['a file that is not there', ['secret', 'add', 'no', '@missing'], 72],
    ['a folder', ['secret', 'add', 'no', '@/'], 74],
    ['an empty value', ['secret', 'add', 'no', ''], 65],
    ['a bad key', ['secret', 'add', 'a b', 'x'], 65],
    ['a key of dots', ['secret', 'rm', '..'], 65],
    ['no such secret', ['secret', 'get', 'no'], 72],
    ['a cluster that is not this one', ['secret', 'get', 'secret://elsewhere/alice/x'], 127],
    ['an unknown level', ['acl', 'grant', 'secret:x', 'bob', 'admin'], 2],
    ['a bare key', ['acl', 'grant', 'x', 'bob'], 127],
    ['a foreign scheme', ['acl', 'grant', 'storage:x', 'bob'], 127],
    ['another’s home', ['secret', 'ls', '-n', 'bob'], 77],
    ['no such job', ['logs', 'nothing'], 72],
    ['no such command', ['secret', 'remove', 'x'], 2],
    ['a word of the original without a place here', ['login'], 2],
    ['a flag that cannot be honoured', ['run', '--pass-config', 'busybox:1'], 2],
    ['a short one', ['run', '-t', 'busybox:1'], 2],
    ['a bad life span', ['run', '--life-span', 'long', 'busybox:1'], 2],
    ['a bad name', ['run', '--name', 'Bad', 'busybox:1'], 2],
    ['no such context', ['--context', 'nowhere', 'secret', 'ls'], 70],
    ['no such kubeconfig', ['--kubeconfig', '/nowhere', 'secret', 'ls'], 70],
  ])('%s', async (_name, words, code) => {
    const typed = await alice(words);
    expect({ code: typed.code, out: typed.out }).toEqual({ code, out: '' });
    expect(typed.error).toMatch(/^ERROR: .+\n$/);
  });

  test('an empty value does not hide in a value that is printed', async () => {
    const typed = await alice(['-v', '--show-traceback', 'secret', 'add', 'a b', 'the-canary']);
    expect(typed.out + typed.error).not.toContain('the-canary');
  });
});

describe('jobs', () => {
  test('one is started, listed, inspected and killed', async () => {
    expect(
      await alice([
        '-q',
        'run',
        '--detach',
        '--name',
        'long-one',
        '--tag',
        'a',
        'busybox:1',
        '--',
        // It hears TERM, so that its name is free before the grace period ends.
        'sh -c "trap exit TERM; echo up; sleep 600 & wait"',
      ]),
    ).toMatchObject({ code: 0, out: 'long-one\n' });
    expect((await alice(['ps'])).out).toMatch(
      /^ID\/NAME +STATUS +WHEN +IMAGE +OWNER +COMMAND\nlong-one +running +\d+s +busybox:1 +alice +sh -c 'trap exit TERM; echo up; sleep 600 & wait'\n$/,
    );
    expect((await alice(['job', 'ls', '-q', '-t', 'a'])).out).toBe('long-one\n');
    expect((await alice(['job', 'ls', '-o', 'name'])).out).toBe('neurojob.neu.ro/long-one\n');
    expect((await alice(['status', 'long-one'])).out).toMatch(
      /^Job +long-one\nTags +a\nOwner +alice\nStatus +running\n/,
    );
    expect(JSON.parse((await alice(['status', 'long-one', '-o', 'json'])).out)).toMatchObject({ kind: 'NeuroJob' });
    expect((await alice(['logs', '--no-follow', 'long-one'])).out).toBe('up\n');
    expect((await alice(['run', '--name', 'long-one', 'busybox:1'])).code).toBe(65);
    expect(await alice(['kill', 'long-one', 'nothing'])).toMatchObject({ code: 1, out: 'long-one\n' });
    expect(await alice(['job', 'wait', 'long-one'])).toMatchObject({ code: 130, out: 'cancelled (UserRequested)\n' });
    expect((await alice(['ps', '-q'])).out).toBe('');
  });

  test('a finished one frees its name', async () => {
    const typed = await alice(['run', '--name', 'long-one', 'busybox:1', '--', 'echo again']);
    expect(typed).toMatchObject({ code: 0, out: 'again\n' });
    expect(typed.error).toContain("The finished job 'long-one' is replaced.");
    expect((await alice(['logs', 'long-one'])).out).toBe('again\n');
  });

  test('one whose claim does not exist is stopped by its schedule timeout, with 125', async () => {
    const typed = await alice(['run', '--schedule-timeout', '3s', '-v', 'pvc:absent:/mnt', 'busybox:1']);
    expect(typed).toMatchObject({ code: 125, out: '' });
  });

  test('one whose life span ends gives 124', async () => {
    expect(await alice(['run', '--life-span', '2s', 'busybox:1', '--', 'sleep', '600'])).toMatchObject({ code: 124 });
  });

  test('--check makes nothing', async () => {
    const before = (await alice(['ps', '-a', '-q'])).out;
    expect((await alice(['run', '--check', '-e', 'X=secret:Bytes_1', 'busybox:1'])).code).toBe(0);
    const typed = await alice(['run', '--check', '-e', 'X=secret:Bytes_1', '-e', 'Y=secret:absent', 'busybox:1']);
    expect(typed.code).toBe(72);
    expect(typed.out).toContain('secret   secret:Bytes_1: ok\n');
    expect((await alice(['ps', '-a', '-q'])).out).toBe(before);
  });
});

describe('grants', () => {
  test('level, expiry and subject are shown, and can be changed', async () => {
    await alice(['secret', 'add', 'Shared', 'x']);
    expect((await alice(['acl', 'grant', 'secret:Shared', 'group:analysts', 'write'])).out).toBe(
      'group:analysts was granted write on secret:Shared.\n',
    );
    const typed = await alice(['share', 'secret:Shared', 'group:analysts', '--expires', '2099-01-31']);
    expect(typed.out).toBe(
      'group:analysts was granted read on secret:Shared until 2099-01-31T23:59:59Z (was write).\n',
    );
    expect((await alice(['acl', 'ls', '--shared', '-q'])).out.split('\n').filter(Boolean)).toHaveLength(1);
    await untilTrue(async () => (await bob(['secret', 'ls'])).out.includes('read until 2099-01-31T23:59:59Z'));
  });

  test('an unknown user and a missing secret cause a warning', async () => {
    expect((await alice(['share', 'secret:Shared', 'nobody'])).error).toMatch(
      /^WARNING: No namespace is home to the user 'nobody'/,
    );
    expect((await alice(['share', 'secret:absent', 'bob'])).error).toMatch(/^WARNING: Secret 'absent' does not exist/);
  });

  test('all secrets at once', async () => {
    expect((await alice(['share', 'secret:', 'bob'])).out).toBe("bob was granted read on all secrets of 'alice'.\n");
    await untilTrue(async () => (await bob(['secret', 'ls', '-q'])).out.includes('secret:/alice\n'));
    expect((await alice(['acl', 'revoke', 'secret:', 'bob'])).code).toBe(0);
  });
});

/** The API server hears of a binding, and of its end, a moment late. */
async function untilBobMayUse(answer: 'yes' | 'no', name: string): Promise<void> {
  const what = { verb: 'use', group: 'neu.ro', resource: 'usersecrets', name, namespace: 'alice' };
  await untilTrue(async () => (await mayDo(cluster, 'bob', what)) === (answer === 'yes'));
}
