/** exec, attach, port-forward and followed logs on real Pods: every byte, every exit code, connections that are cut. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { untilTrue } from '../support/until.ts';
import { person, type Person } from './cli-command.ts';
import { startCli, type CliProcess } from './cli-process.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';
import { fetched, hash, kubeconfigWith, received, serverOf, throughProxy } from './streams.ts';

const tenMegabytes = 10_000_000;
const homes = fileURLToPath(new URL('../../manifests/samples/00-homes.yaml', import.meta.url));

let cluster: NodeCluster;
let operator: RunningOperator;
let alice: Person;
let folder: string;
let names = 0;
/** Alice's command, while it runs. */
const neuro = (...words: readonly string[]): CliProcess => startCli(cluster.cluster.kubeconfigPath('alice'), words);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-streams-test-'));
  cluster = await nodeCluster();
  operator = await startOperator(cluster);
  expect((await cluster.kubectl('admin', ['apply', '-f', homes])).code).toBe(0);
  alice = person(cluster.cluster, 'alice');
  await startServer('server');
});

afterAll(async () => {
  await operator.stop();
  await cluster.leave();
  rmSync(folder, { recursive: true, force: true });
});

describe('exec', () => {
  test('10 MB of bytes come out as they are', async () => {
    const typed = await alice(['exec', 'server', '--', 'cat', '/www/big']);
    const there = await alice(['exec', 'server', '--', 'sha256sum', '/www/big']);
    expect(typed).toMatchObject({ code: 0, error: '' });
    expect(typed.bytes.length).toBe(tenMegabytes);
    expect(hash(typed.bytes)).toBe(there.out.split(' ')[0]);
  });

  test('10 MB of bytes go in, and its end too', async () => {
    const bytes = randomBytes(tenMegabytes);
    const counted = await alice(['exec', 'server', '--', 'sha256sum'], bytes);
    expect(counted).toMatchObject({ code: 0, out: `${hash(bytes)}  -\n` });
    expect(hash((await alice(['job', 'exec', 'server', '--', 'cat'], bytes)).bytes)).toBe(hash(bytes));
  });

  test('an input that has ended is none: what is printed cannot be cut off by its end', async () => {
    const words = ['exec', 'server', '--', 'readlink', '/proc/self/fd/0'];
    expect((await alice(words, '')).out).toBe('/dev/null\n');
    expect((await alice(words, 'some')).out).toMatch(/^pipe:/);
  });

  test('a slow reader loses nothing', async () => {
    const slow = neuro('exec', 'server', '--', 'sh', '-c', 'cat /www/big /www/big');
    slow.signal('SIGSTOP');
    // Another reads all of it meanwhile: by then the slow one's pipes and sockets are full.
    expect((await alice(['exec', 'server', '--', 'cat', '/www/big', '/www/big'])).bytes.length).toBe(2 * tenMegabytes);
    slow.signal('SIGCONT');
    slow.endInput();
    expect(await slow.ended).toBe(0);
    expect(slow.out().length).toBe(2 * tenMegabytes);
  });

  test.each<[string, readonly string[], number, string, string]>([
    ['its exit code is the command’s', ['sh', '-c', 'exit 42'], 42, '', ''],
    ['the two outputs stay apart', ['sh', '-c', 'echo out; echo error >&2'], 0, 'out\n', 'error\n'],
    ['one word is a command line', [`sh -c "echo 'a  b'"`], 0, 'a  b\n', ''],
    ['a signal is 128 and its number', ['sh', '-c', 'kill -TERM $$'], 143, '', ''],
    ['words arrive as they are', ['printf', '%s|', 'a b', '', '$HOME', '-t'], 0, 'a b||$HOME|-t|', ''],
  ])('%s', async (_name, command, code, out, error) => {
    expect(await alice(['exec', 'server', '--', ...command])).toMatchObject({ code, out, error });
  });

  test('the habits of kubectl are understood', async () => {
    expect(await alice(['exec', 'server', '-i', '--', 'cat'], 'x')).toMatchObject({ code: 0, out: 'x' });
    expect(await alice(['exec', 'server', 'echo', '--', 'y'])).toMatchObject({ code: 0, out: '-- y\n' });
  });

  test('input that never ends does not keep it', async () => {
    const cli = neuro('exec', 'server', '--', 'true');
    expect(await cli.ended).toBe(0);
  });

  test.each<[string, readonly string[], number]>([
    ['a command that is not there', ['exec', 'server', '--', 'nonesuch'], 127],
    ['a job that is not there', ['exec', 'nothing', '--', 'true'], 72],
    ['a terminal where there is none', ['exec', '-t', 'server', '--', 'true'], 2],
    ['no command', ['exec', 'server'], 2],
    ['bad ports', ['port-forward', 'server', '80:x'], 2],
    ['ports of a job that is not there', ['port-forward', 'nothing', '0:80'], 72],
    ['measures in a cluster without them', ['top'], 72],
    ['an unknown order', ['top', '--sort', 'size'], 2],
  ])('%s is refused in one sentence', async (_name, words, code) => {
    const typed = await alice(words);
    expect({ code: typed.code, out: typed.out }).toEqual({ code, out: '' });
    expect(typed.error).toMatch(/^ERROR: .+\n$/);
  });

  test('a container between two runs is no failure of the API server', async () => {
    await alice(['run', '--restart', 'on-failure', '--no-wait-start', '--name', 'falls', 'busybox:1', '--', 'false']);
    // By then its pauses are much longer than what follows.
    const pod = ['get', 'pod', 'falls', '-n', 'alice', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}'];
    await untilTrue(
      async () => Number((await cluster.kubectl('admin', pod)).stdout) >= 2,
      'the job was started again',
      60_000,
    );
    const { code, error } = await alice(['exec', 'falls', '--', 'true']);
    await alice(['kill', 'falls']);
    expect({ code, error }).toEqual({
      code: 127,
      error: expect.stringMatching(/The container of job 'falls' is not running: .*`neuro status -n alice falls`/),
    });
  });

  test('a user without the right gets an error', async () => {
    const bob = person(cluster.cluster, 'bob');
    expect(await bob(['--namespace', 'alice', 'exec', 'server', '--', 'true'])).toMatchObject({ code: 77, out: '' });
  });

  test('a connection that is cut is an error, not an end', async () => {
    const { proxy, kubeconfig } = await throughProxy(cluster.cluster, folder);
    const cli = startCli(kubeconfig, ['exec', 'server', '--', 'sh', '-c', 'echo begun; sleep 600']);
    await cli.until('begun');
    await proxy.close();
    expect(await cli.ended).toBe(74);
    expect(cli.error()).toMatch(/^ERROR: .+\n$/);
  });

  test('a proxy of the kubeconfig is used', async () => {
    const proxy = await startConnectProxy();
    const kubeconfig = kubeconfigWith(cluster.cluster, folder, (text) =>
      text.replace(/^( *)server:/m, `$1proxy-url: ${proxy.url}\n$1server:`),
    );
    const cli = startCli(kubeconfig, ['exec', 'server', '--', 'echo', 'through']);
    expect(await cli.ended).toBe(0);
    expect(cli.out().toString()).toBe('through\n');
    expect(proxy.connections()).toBeGreaterThan(1);
    proxy.close();
  });
});

describe('port-forward', () => {
  let forward: CliProcess;
  let web: number;
  let echo: number;

  beforeAll(async () => {
    forward = neuro('port-forward', 'server', '0:8080', ':7070', '0:9');
    await forward.until('Press ^C');
    [web = 0, echo = 0] = [...forward.error().matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port));
  });

  afterAll(async () => {
    forward.signal('SIGINT');
    expect(await forward.ended).toBe(130);
  });

  test('10 MB by each of several connections at once', async () => {
    const there = await alice(['exec', 'server', '--', 'sha256sum', '/www/big']);
    const hashes = await Promise.all(Array.from({ length: 5 }, () => fetched(web)));
    expect(hashes.map((bytes) => hash(bytes))).toEqual(Array(5).fill(there.out.split(' ')[0]));
  });

  test('bytes both ways, and the end of the connection', async () => {
    const bytes = randomBytes(3_000_000);
    const socket = connect(echo, '127.0.0.1');
    const back = received(socket, bytes.length);
    socket.write(bytes);
    expect(hash(await back)).toBe(hash(bytes));
    socket.end();
  });

  test('a port where nothing listens is reported, and the others keep working', async () => {
    const [, , closed = 0] = [...forward.error().matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port));
    const socket = connect(closed, '127.0.0.1');
    await new Promise((resolve) => socket.on('close', resolve).on('error', () => undefined));
    await forward.until('nothing listens there');
    expect((await fetched(web)).length).toBe(tenMegabytes);
  });

  test('a port that is taken is refused', async () => {
    const typed = await alice(['port-forward', 'server', `${String(web)}:8080`]);
    expect(typed).toMatchObject({ code: 74, out: '' });
  });
});

describe('followed output', () => {
  const staying = (name: string): CliProcess =>
    neuro('run', '--name', name, 'busybox:1', '--', 'sh -c "echo up; sleep 600"');
  // Long enough that it goes on when the connection is cut, however late the first lines are seen.
  const count = 'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; sleep 0.05; done; printf end; exit 5';
  const expected = `${Array.from({ length: 300 }, (_, index) => `line ${String(index + 1)}\n`).join('')}end`;

  test('continues over a connection that is cut, without a loss and without a repeat', async () => {
    const { proxy, kubeconfig } = await throughProxy(cluster.cluster, folder);
    const cli = startCli(kubeconfig, ['run', '--name', fresh('cut'), 'busybox:1', '--', 'sh', '-c', count]);
    await cli.until('line 20\n');
    await proxy.close();
    await cli.until('No answer from the API server');
    const again = await TcpProxy.start(serverOf(cluster.cluster), proxy.port);
    expect(await cli.ended).toBe(5);
    expect(cli.out().toString()).toBe(expected);
    expect(cli.error()).toContain('Connected again.');
    await again.close();
  });

  test('continues when the API server is killed and comes again', async () => {
    const name = fresh('restart');
    const cli = neuro('run', '--name', name, 'busybox:1', '--', 'sh', '-c', count);
    const logs = await cli.until('line 20\n').then(() => neuro('logs', '--tail', '1', name));
    await logs.until(/line \d+\n/);
    await cluster.cluster.restartApiServer();
    expect(await cli.ended).toBe(5);
    expect(cli.out().toString()).toBe(expected);
    expect(await logs.ended).toBe(0);
    expect(expected.endsWith(logs.out().toString())).toBe(true);
  });

  test('10 MB of output come out as they are, with lines of any length', async () => {
    const script = 'head -c 3000000 /dev/urandom > /b; cat /b | base64 -w 0; echo; base64 /b; sha256sum /b';
    const typed = await alice(['run', 'busybox:1', '--', 'sh', '-c', script]);
    expect(typed.code).toBe(0);
    const [long = '', ...lines] = typed.out.trimEnd().split('\n');
    const last = lines.pop() ?? '';
    expect(hash(Buffer.from(long, 'base64'))).toBe(last.split(' ')[0]);
    expect(lines.join('')).toBe(long);
  });

  test('of a job that is restarted, each run, also one that ended before the command looked', async () => {
    const script =
      'echo run; test -e /data/second || { touch /data/second; exit 1; }; until test -e /data/end; do sleep 0.2; done';
    const spec = {
      image: 'busybox:1',
      args: ['sh', '-c', script],
      restartPolicy: 'OnFailure',
      volumes: [{ mountPath: '/data', emptyDir: {} }],
    };
    const metadata = { namespace: 'alice', name: fresh('again') };
    await cluster.apply('alice', { apiVersion: 'neu.ro/v1', kind: 'NeuroJob', metadata, spec });
    const { name } = metadata;
    await untilTrue(async () => (await alice(['status', name])).out.includes('Restarts            1'));
    const logs = neuro('logs', name);
    await logs.until('run\nrun\n');
    expect(await alice(['logs', '--no-follow', '--tail', '5', name])).toMatchObject({ code: 0, out: 'run\n' });
    expect((await alice(['exec', name, '--', 'touch', '/data/end'])).code).toBe(0);
    expect(await logs.ended).toBe(0);
    expect(logs.out().toString()).toBe('run\nrun\n');
  });

  test('of a job that is killed ends with 130, and of one that is deleted with 72', async () => {
    const [killedName, deletedName] = [fresh('killed'), fresh('deleted')];
    const [killed, deleted] = [staying(killedName), staying(deletedName)];
    await Promise.all([killed.until('up\n'), deleted.until('up\n')]);
    await alice(['kill', killedName]);
    expect(await killed.ended).toBe(130);
    await cluster.kubectl('alice', ['-n', 'alice', 'delete', 'neurojob', deletedName, '--wait=false']);
    expect(await deleted.ended).toBe(72);
    expect(deleted.error()).toMatch(new RegExp(`ERROR: Job '${deletedName}' not found .+\n$`));
  });

  test('is left by an interrupt where nobody can answer, and the job continues', async () => {
    const name = fresh('left');
    const cli = staying(name);
    await cli.until('up\n');
    cli.signal('SIGINT');
    expect(await cli.ended).toBe(0);
    expect((await alice(['ps', '-q'])).out).toContain(`${name}\n`);
    await alice(['kill', name]);
  });
});

describe('attach and input', () => {
  test('the output from now on, ports beside it, and the exit code of the job', async () => {
    const name = fresh('attached');
    await startServer(name);
    const cli = neuro('attach', name, '--port-forward', '0:8080');
    const port = Number((await cli.until(/localhost:\d+/)).split(':')[1]);
    expect((await fetched(port)).length).toBe(tenMegabytes);
    expect((await alice(['exec', name, '--', 'touch', '/end'])).code).toBe(0);
    expect(await cli.ended).toBe(3);
    expect(cli.out().toString()).toBe('');
    expect((await alice(['attach', name])).code).toBe(127);
    expect(await alice(['exec', name, '--', 'true'])).toMatchObject({ code: 127, out: '' });
  });

  test('run -i gives a job the standard input, and its end', async () => {
    const bytes = randomBytes(200_000).toString('base64');
    const typed = await alice(['run', '-i', 'busybox:1', '--', 'sh', '-c', 'cat > /in; sha256sum /in'], bytes);
    expect(typed).toMatchObject({ code: 0, out: `${hash(Buffer.from(bytes))}  /in\n` });
  });

  test('the command that makes a job again makes the same job', async () => {
    await alice(['secret', 'add', 'Again_1', 'x']);
    const name = fresh('twice');
    const variables = ['-e', 'A=secret:Again_1', '-e', "B=it's $HOME"];
    const flags = ['--name', name, ...variables, '-v', 'secret:Again_1:/k', '--tag', 't'];
    await alice(['run', '--no-wait-start', ...flags, 'busybox:1', '--', 'sh', '-c', 'echo "$B"']);
    const { out } = await alice(['job', 'generate-run-command', name]);
    const specOf = async (): Promise<unknown> =>
      (JSON.parse((await alice(['status', name, '-o', 'json'])).out) as { readonly spec: unknown }).spec;
    const before = await specOf();
    await alice(['job', 'wait', name]);
    const file = join(folder, 'again.sh');
    writeFileSync(file, out.replace(/^neuro run/, 'neuro run --no-wait-start'));
    const { shellOf } = await import('./cli-command.ts');
    expect(await shellOf(cluster.cluster, 'alice')(`. ${file}`)).toMatchObject({ code: 0 });
    expect(await specOf()).toEqual(before);
  });
});

describe('odd situations', () => {
  test('an image that does not exist ends with 125 and its name', async () => {
    const typed = await alice(['run', '--schedule-timeout', '8s', 'registry.invalid/none:1', '--', 'true']);
    expect(typed).toMatchObject({ code: 125, out: '' });
    expect(typed.error).toMatch(/Status: failed .*registry\.invalid\/none:1/);
  });

  test('an operator that does not run is reported, and the job continues when it starts', async () => {
    await operator.stop();
    const cli = neuro('run', '--name', fresh('early'), 'busybox:1', '--', 'echo late');
    await cli.until('The operator has not taken up the job yet');
    operator = await startOperator(cluster);
    expect(await cli.ended).toBe(0);
    expect(cli.out().toString()).toBe('late\n');
  });
});

/** Serves what it holds, answers what it is sent, and ends as it is told. */
async function startServer(name: string): Promise<void> {
  const script = [
    'mkdir /www; dd if=/dev/urandom of=/www/big bs=100000 count=100 2> /dev/null; httpd -p 8080 -h /www',
    'nc -ll -p 7070 -e cat &',
    'echo ready; while [ ! -e /end ]; do sleep 0.2; done; exit 3',
  ].join('\n');
  const run = ['run', '--detach', '--name', name, 'busybox:1', '--', 'sh', '-c', script];
  expect(await alice(run)).toMatchObject({ code: 0 });
  await untilTrue(async () => (await alice(['logs', '--no-follow', name])).out.includes('ready'));
}

/** A name that no try before has used: its job may run yet. */
function fresh(what: string): string {
  names += 1;
  return `${what}-${String(names)}`;
}
