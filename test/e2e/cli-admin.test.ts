/** Administrators and setting up, on a real cluster: homes by `admin`, what `doctor` says, and real shells that complete. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { eventually } from '../support/until.ts';
import { environment, person, shellOf, type Person, type Shell } from './cli-command.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';

/** Why a command is typed again: the API server hears of a binding, and of its end, a moment late. */
const rbacIsLate = 'the API server has heard of the binding';
const bundle = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));

let cluster: NodeCluster;
let operator: RunningOperator;
let admin: Person;
let alice: Person;
let adminTypes: Shell;
let folder: string;
let kubeconfigs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-cli-admin-'));
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
  admin = person(cluster.cluster, 'admin');
  alice = person(cluster.cluster, 'alice');
  adminTypes = shellOf(cluster.cluster, 'admin');
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
  rmSync(folder, { recursive: true, force: true });
});

describe('before there is a home', () => {
  test('doctor says what is missing and who can fix it, and so does a command', async () => {
    const typed = await alice(['doctor']);
    expect(typed.code).toBe(1);
    expect(typed.out).toContain("bad      home: No home was found for the user 'alice'");
    expect(typed.out).toContain('an administrator makes one: neuro admin add-user alice\n');
    expect((await alice(['secret', 'ls'])).code).toBe(2);
  });

  test.each<[string, readonly string[], number]>([
    ['a name that is no namespace', ['admin', 'add-user', 'Dana@example.com'], 65],
    ['a name of the cluster', ['admin', 'add-user', 'system:admin'], 65],
    ['a group of the cluster', ['admin', 'add-user', 'dana', '--group', 'system:masters'], 65],
    ['a bad duration', ['admin', 'add-user', 'dana', '--valid', '5s'], 2],
    ['nobody', ['admin', 'remove-user', 'nobody'], 72],
  ])('%s is refused', async (_name, words, code) => {
    expect(await admin(words)).toMatchObject({ code, out: '' });
  });

  test('a user who is no administrator cannot do it', async () => {
    expect(await alice(['admin', 'add-user', 'alice'])).toMatchObject({ code: 77, out: '' });
  });
});

describe('homes', () => {
  test('are made, and made again, and listed', async () => {
    // Not there but for an earlier try.
    await removeNamespaces('alice', 'bob', 'carol');
    expect(await adminTypes('neuro admin add-user alice')).toEqual(
      expect.objectContaining({ code: 0, out: "The namespace 'alice' is made, as the home of 'alice'.\n", error: '' }),
    );
    expect((await adminTypes('neuro admin add-user bob --group analysts --group ml')).code).toBe(0);
    expect((await adminTypes('neuro admin add-user bob')).out).toBe("The namespace 'bob' is now the home of 'bob'.\n");
    expect((await admin(['admin', 'ls-users'])).out).toMatch(
      /^USER +NAMESPACE +GROUPS +AGE\nalice +alice +\d+s\nbob +bob +analysts,ml +\d+s\n$/,
    );
    expect((await admin(['admin', 'ls-users', '-q'])).out).toBe('alice\nbob\n');
    expect((await admin(['admin', 'add-user', 'alice', '--home', 'bob'])).code).toBe(65);
  });

  test('are enough for secrets, jobs and grants, as doctor says', async () => {
    await eventually(
      () => alice(['secret', 'add', 'Token', 'x']),
      ({ code }) => code === 0,
      rbacIsLate,
    );
    const typed = await alice(['doctor']);
    expect({ code: typed.code, bad: typed.out.match(/^bad.*$/gm) }).toEqual({ code: 0, bad: null });
    expect(typed.out).toContain('ok       secrets: 1, all usable\n');
    expect(typed.out).toContain('ok       may run jobs\n');
    expect(typed.out).toContain('ok       admission policies: in place\n');
    const json = JSON.parse((await admin(['doctor', '-n', 'alice', '-o', 'json'])).out) as {
      readonly items: readonly { readonly what: string; readonly state: string; readonly found: string }[];
    };
    expect(json.items.find(({ what }) => what === 'operator')).toMatchObject({ state: 'ok' });
    expect((await alice(['share', 'secret:Token', 'bob'])).error).toBe('');
  });

  test('doctor reports what the user cannot do', async () => {
    await cluster.kubectl('admin', ['delete', 'rolebinding', 'owner', '-n', 'bob']);
    const bob = person(cluster.cluster, 'bob');
    const missing = "bad      may keep secrets: no right to create usersecrets in 'bob'; an administrator gives it: ";
    const typed = await eventually(
      () => bob(['doctor', '-n', 'bob']),
      ({ out }) => out.includes(missing),
      rbacIsLate,
    );
    expect(typed.code).toBe(1);
    expect((await admin(['admin', 'add-user', 'bob'])).code).toBe(0);
    await eventually(
      () => bob(['secret', 'ls', '-q']),
      ({ out }) => out === 'secret:/alice/Token\n',
      rbacIsLate,
    );
  });

  test('version shows the server and the resources', async () => {
    const typed = await alice(['version', '-o', 'json']);
    expect(JSON.parse(typed.out)).toMatchObject({ resources: 'neu.ro/v1', server: expect.stringMatching(/^v1\./) });
    expect((await alice(['version', '--client', '--kubeconfig', '/nowhere'])).code).toBe(0);
  });

  test('can come with a kubeconfig, by which the person is who they are', async () => {
    await removeNamespaces('carol');
    const path = carolsKubeconfig();
    const typed = await admin([
      'admin',
      'add-user',
      'carol',
      '--group',
      'ml',
      '--save-kubeconfig',
      path,
      '--valid',
      '1h',
    ]);
    expect(typed.code).toBe(0);
    expect(typed.out).toContain(`Saved to ${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse((await alice(['--kubeconfig', path, 'config', 'show', '-o', 'json'])).out)).toMatchObject({
      user: 'carol',
      namespace: 'carol',
      context: 'carol',
    });
    await eventually(
      () => alice(['--kubeconfig', path, 'secret', 'add', 'Mine', 'x']),
      ({ code }) => code === 0,
      rbacIsLate,
    );
    expect((await alice(['--kubeconfig', path, 'secret', 'ls', '-n', 'alice'])).code).toBe(77);
    expect((await admin(['admin', 'add-user', 'carol', '--save-kubeconfig', path])).code).toBe(74);
    const left = await cluster.kubectl('admin', ['get', 'certificatesigningrequests', '-o', 'name']);
    expect(left.stdout).not.toContain('neuro-');
  });

  test('are removed with the secrets kept, or deleted', async () => {
    const path = carolsKubeconfig();
    expect((await admin(['admin', 'add-user', 'carol', '--save-kubeconfig', path])).code).toBe(0);
    await eventually(
      () => alice(['--kubeconfig', path, 'secret', 'add', 'Mine', 'x']),
      ({ code }) => code === 0,
      rbacIsLate,
    );
    await alice(['share', 'secret:Token', 'carol']);
    const typed = await admin(['admin', 'remove-user', 'carol']);
    expect(typed.out).toContain("The namespace 'carol' is nobody's home any more; its secrets are kept.");
    expect(typed.error).toContain('`neuro -n alice acl revoke secret:Token carol`');
    await eventually(
      () => alice(['--kubeconfig', path, 'secret', 'ls']),
      ({ code }) => code === 77,
      rbacIsLate,
    );
    expect((await admin(['secret', 'ls', '-n', 'carol', '--mine', '-q'])).out).toBe('Mine\n');
    await admin(['admin', 'add-user', 'carol']);
    expect((await admin(['admin', 'remove-user', 'carol', '--delete-namespace'])).code).toBe(2);
    expect((await admin(['admin', 'remove-user', 'carol', '--delete-namespace', '--force'])).code).toBe(0);
    expect((await admin(['admin', 'ls-users', '-q'])).out).toBe('alice\nbob\n');
  });
});

describe('a job that is shared', () => {
  test('is looked after by who was named', async () => {
    await cluster.kubectl('admin', ['delete', 'neurojob', 'both-see-it', '-n', 'alice', '--ignore-not-found']);
    const typed = await alice([
      'run',
      '--share',
      'bob',
      '--name',
      'both-see-it',
      '--detach',
      'busybox:1',
      '--',
      'sleep 600',
    ]);
    expect(typed.code).toBe(0);
    expect(typed.error).toContain('bob may look after it');
    const bob = person(cluster.cluster, 'bob');
    await eventually(
      () => bob(['status', '-n', 'alice', 'both-see-it']),
      ({ out }) => /^Status +running$/m.test(out),
      rbacIsLate,
    );
    expect((await bob(['ps', '-n', 'alice'])).code).toBe(77);
    expect((await bob(['kill', '-n', 'alice', 'both-see-it'])).out).toBe('both-see-it\n');
    await cluster.kubectl('admin', ['delete', 'neurojob', 'both-see-it', '-n', 'alice']);
  });
});

/** Where no kubeconfig is yet. */
function carolsKubeconfig(): string {
  kubeconfigs += 1;
  return join(folder, `carol-${String(kubeconfigs)}.yaml`);
}

async function removeNamespaces(...names: readonly string[]): Promise<void> {
  expect(await cluster.kubectl('admin', ['delete', 'namespace', ...names, '--ignore-not-found'])).toMatchObject({
    code: 0,
  });
}

/** What a real shell offers for a line, with `neuro` in its path. */
const shells: Readonly<Record<string, (script: string, line: string) => readonly string[]>> = {
  bash: (script, line) => [
    'bash',
    '--norc',
    '-c',
    `source ${script}; COMP_LINE=${quoted(line)}; COMP_POINT=\${#COMP_LINE}; _neuro 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  zsh: (script, line) => [
    'zsh',
    '-f',
    '-c',
    // The builtins of the line editor are not there without a terminal; what they would be given is.
    `compdef() { :; }; compset() { :; }; _files() { :; }; compadd() { local name=\${@[-1]}; print -rl -- "\${(@P)name}"; }
     source ${script}; typed=${quoted(line)}; words=(\${(z)typed}); [[ $typed == *' ' ]] && words+=(''); CURRENT=$#words; _neuro`,
  ],
  fish: (script, line) => [
    'fish',
    '--no-config',
    '-c',
    `source ${script}; complete -C ${quoted(line)} | string split -f1 \\t`,
  ],
};

function quoted(text: string): string {
  return `'${text}'`;
}

function isThere(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

describe.each(Object.keys(shells))('completion in %s', (shell) => {
  const testIfThere = isThere(shell) ? test : test.skip;

  beforeAll(async () => {
    expect(await alice(['secret', 'add', 'Token', 'x'])).toMatchObject({ code: 0 });
  });

  testIfThere.each<[string, readonly string[]]>([
    ['neuro secret re', ['reseal']],
    ['neuro secret get ', ['Token']],
    ['neuro secret get T', ['Token']],
    ['neuro share secret:Token bo', ['bob']],
    ['neuro run --restart on', ['on-failure']],
    ['neuro secret ls --sha', ['--shared-with-me']],
    ['neuro -n alice run --env X=secret:T', ['X=secret:Token', 'Token']],
  ])('%s', async (line, expected) => {
    const script = join(folder, `completion.${shell}`);
    writeFileSync(script, (await alice(['completion', shell])).out);
    writeFileSync(join(folder, 'neuro'), `#!/bin/sh\nexec "${process.execPath}" -- "${bundle}" "$@"\n`, {
      mode: 0o755,
    });
    const [file = '', ...args] = shells[shell]?.(script, line) ?? [];
    const env = {
      ...environment(cluster.cluster, 'alice'),
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
    };
    let typed = { stdout: '', stderr: '' };
    // What takes two seconds to find is not offered: a busy machine may be slower than that once.
    for (let tries = 0; tries < 3; tries += 1) {
      typed = spawnSync(file, args, { env, encoding: 'utf8' });
      if (expected.includes(typed.stdout.trim())) break;
    }
    expect(typed.stderr).toBe('');
    // bash is given only what stands behind a colon.
    expect(expected).toContain(typed.stdout.trim());
  });
});
