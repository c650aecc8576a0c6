/** Words of other commands lead to the right one, and doctor ends with a summary. */
import { expect, test } from 'vitest';
import { commandAt } from '../../src/cli/command-at.ts';
import { flagHints } from '../../src/cli/hint-flags.ts';
import type { HintTable } from '../../src/cli/hint-table.ts';
import { wordHints } from '../../src/cli/hint-words.ts';
import { processIo } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { createWorld } from './typed.ts';

const world = createWorld();

test.each<[string, string]>([
  ['secret create x', '`neuro secret add KEY`'],
  ['secret delete x', '`neuro secret rm KEY`'],
  ['secret show x', '`neuro secret get KEY`'],
  ['secret describe x', '`neuro secret usage KEY`'],
  ['secret edit x', '`neuro secret add KEY`'],
  ['secret whoami', '`neuro config show`'],
  ['whoami', '`neuro config show`'],
  ['secrets', '`neuro secret ls`'],
  ['secrets delete x', '`neuro secret rm KEY`'],
  ['jobs', '`neuro ps`'],
  ['grants', '`neuro acl ls'],
  // Another name of the noun, with a verb that is right, one that is not, and none.
  ['secrets ls', '"neuro secret ls"'],
  ['secrets get k', '"neuro secret get"'],
  ['secrets set KEY=VALUE', '`neuro secret add KEY`'],
  ['usersecrets describe k', '`neuro secret usage KEY`'],
  ['jobs rm x', '`neuro kill JOB`'],
  ['schedules ls', '"neuro schedule ls"'],
  ['users ls', '`neuro admin ls-users`'],
  // The verb first, as in kubectl.
  ['get secrets', '"neuro secret ls"'],
  ['get secret k', '"neuro secret get"'],
  ['get jobs', '"neuro job ls"'],
  ['describe job x', '`neuro status JOB`'],
  ['delete job x', '`neuro kill JOB`'],
  ['create schedule x', '`neuro run --schedule'],
  ['delete schedules x', '`neuro schedule rm SCHEDULE`'],
  // A verb without its noun, and behind another one.
  ['import .env', '"neuro secret import"'],
  ['wait x', '"neuro job wait"'],
  ['secret ps', '"neuro ps"'],
  ['job rm x', '`neuro kill JOB`'],
  ['job describe x', '`neuro status JOB`'],
  ['secret set KEY=VALUE', '`neuro secret add KEY`'],
  ['secret versions k', '`neuro secret history KEY`'],
  ['schedule create', '`neuro run --schedule'],
  ['schedule trigger x', '`neuro schedule run-now'],
  ['acl rm secret:k bob', '`neuro acl revoke'],
  ['admin delete-user bob', '`neuro admin remove-user'],
  ['config view', '`neuro config show`'],
  ['console start', '`neuro console`'],
  // A noun within a noun.
  ['admin recovery-key show', '`neuro doctor` lists the recovery keys'],
  ['admin recovery-key ls', '`neuro secret usage KEY`'],
  ['admin recovery-key rm x', 'active: false'],
  ['admin recovery-key rotate', '`neuro secret reseal`'],
  ['admin recovery-key register x', 'sealing.recoveryKeys'],
  ['admin recovery-key verify', '`neuro admin recovery-key restore COPY`'],
  ['admin recovery-key frobnicate', '"neuro admin recovery-key" has create and restore.'],
  ['admin restore x', '`neuro admin recovery-key restore FOLDER`'],
  ['recovery-key create', '"neuro admin recovery-key create"'],
  ['create recovery-key', '"neuro admin recovery-key create"'],
  ['recovery-key', '`neuro admin recovery-key create`'],
  // What several other nouns have says nothing about this one.
  ['acl show', '`neuro acl ls --shared`'],
  ['admin pause x', '"neuro schedule pause"'],
  ['admin log x', '"neuro secret log"'],
  ['config frobnicate', '"neuro config" has show, get-contexts and use.'],
  ['schedule use x', '"neuro config use"'],
  ['schedule history x', '"neuro secret history"'],
  ['frobnicate', '"neuro --help"'],
  ['help secret create', '`neuro secret add KEY`'],
  ['-n alice secret delete k', '`neuro --namespace alice secret rm KEY`'],
  ['secret -n alice delete k', '`neuro --namespace alice secret rm KEY`'],
  // Flags.
  ['secret get k -o json', 'prints the value itself'],
  ['secret ls --json', '-o json'],
  ['secret ls -A', '--namespace'],
  ['secret add k --from-file x', '@FILE'],
  ['-V', '"neuro --version"'],
  ['run -d busybox:1', '--detach'],
  ['run --rm busybox:1', 'no --rm'],
  ['run -p 80:80 busybox:1', '--port-forward'],
  ['run --label a=b busybox:1', '--tag'],
  ['run --secret db busybox:1', '--env NAME=secret:KEY'],
  ['run --port 80 busybox:1', '--http-port'],
  ['run --image busybox:1', '`neuro run IMAGE'],
  ['run -u root busybox:1', 'no such setting'],
  ['ps --filter status=failed', '--status'],
  ['job ls -f status=failed', '--status'],
  ['kill --all', '`neuro ps -q`'],
  // A number is no option for commander, and a signal is one that nobody declares.
  ['kill -9 x', 'leave the option out'],
  ['kill -9', 'leave the option out'],
  ['kill x -15', 'leave the option out'],
  ['job kill -9 x', 'leave the option out'],
  ['kill -KILL x', 'leave the option out'],
  ['kill -SIGHUP x', '`neuro exec JOB -- kill -s SIGNAL 1`'],
  ['kill -term x', 'leave the option out'],
  ['kill -s KILL x', 'leave the option out'],
  ['kill --signal=9 x', 'leave the option out'],
  ['kill -f x', 'leave the option out'],
  ['kill --grace-period=0 x', 'leave the option out'],
  ['kill -t 10 x', 'leave the option out'],
  ['kill -l app=x', '`neuro ps -q`'],
  ['kill -x x', '"neuro kill --help"'],
  ['pkill x', '`neuro kill JOB`'],
  ['killall', '`neuro kill JOB`'],
  ['tail -f x', '`neuro logs JOB`'],
  ['logs -5 x', '--tail LINES'],
  ['logs -l app=x', '`neuro ps -q`'],
  ['exec -u root x ls', 'as the job does'],
  ['exec -c main x ls', 'one container'],
  ['exec -d x ls', 'waits for the command'],
  // The words of kubectl behind it name commands, too.
  ['frob status x', '"neuro --help"'],
  ['frob job x', '"neuro --help"'],
  ['open job x', "Leave out 'job'. Usage: neuro open"],
  ['logs pod x', "Leave out 'pod'. Usage: neuro logs"],
  ['-version', 'write --version, with two dashes'],
  ['run -name worker busybox:1', 'write --name, with two dashes'],
  ['ps -namespace bob', 'write --namespace, with two dashes'],
  ['share secret:k bob --for 30d', '--expires WHEN'],
  ['acl grant secret:k bob --until 2027-01-31', '--expires WHEN'],
  ['acl ls --all', '`neuro acl ls --shared`'],
  ['secret history list k', '`neuro secret history KEY`'],
  ['secret history k --version 1', '--version VERSION'],
  ['auth can-i create jobs', '`neuro doctor`'],
  ['rollout status x', '`neuro job generate-run-command JOB`'],
  ['label job x a=b', '`neuro secret tag KEY NAME=VALUE`'],
  ['cluster-info', 'kubectl has a command of this name'],
  ['volume ls', 'PersistentVolumeClaim'],
  ['version --short', '--client'],
  ['--namespace Bad_NS ps', "--namespace 'Bad_NS' is not the name of a namespace"],
  ['ps -n Bad', "--namespace 'Bad' is not"],
  ['acl grant bob read secret:k', '`neuro share secret:k bob read`'],
  ['secret manifest -o wide', 'yaml (default) or json'],
  ['attach --detach-keys=ctrl-x x', 'attaches to the terminal'],
  ['port-forward --address 0.0.0.0 x 80', 'Only this machine'],
  ['status -w x', '`neuro ps --watch`'],
  ['job wait --for=condition=Complete x', '`neuro job wait JOB`'],
  ['ps -ef', '`neuro ps -a`'],
  ['ps --last 5', '--recent-first'],
  ['logs --previous x', 'one container'],
  ['logs -t x', '--timestamps'],
  ['attach -it x', 'attaches to the terminal'],
  ['secret ls -l a=b', '--tag NAME=VALUE'],
  ['secret ls -w', '--watch'],
  ['secret get k --decode', 'nothing to decode'],
  ['secret rm --all', '`neuro secret ls -q --mine`'],
  ['secret import --from-env-file .env', '`neuro secret import FILE`'],
  ['secret set -f .env', '`neuro secret import FILE`'],
  ['secret seal -f x.yaml', '@FILE'],
  ['secret rollback k --to-revision 2', '--to VERSION'],
  ['secret reseal --all', 'Without names'],
  ['share secret:k bob --write', 'a word behind the subject'],
  ['secret add k v --repo me/it', '--namespace NAME'],
  ['rm x', '`neuro kill JOB`'],
  // What is missing, or too much.
  ['secret get', 'Usage: neuro secret get [options] <key>'],
  ['ps aux', 'Usage: neuro ps [options]'],
])('neuro %s', async (line, expected) => {
  const { code, out, error } = await world.type(line.split(' '));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(error).toContain(expected);
});

test.each(['-v', '-n alice', 'secret', 'secret -q', 'admin recovery-key'])(
  'what asks for nothing shows what there is: neuro %s',
  async (line) => {
    const { code, out, error } = await world.type(line.split(' '));
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/^Usage: neuro [^]*\n(?:Commands|Secrets):\n/);
  },
);

test.each([
  ['ps', '-n', ''],
  ['doctor', '--operator-namespace', ''],
])('an empty name of a namespace is refused: neuro %s %s', async (...words) => {
  expect(await world.type(words)).toMatchObject({ code: 2, error: expect.stringContaining('is empty: name a') });
});

test.each(['run --no-wait-start busybox:1 -name x', 'run --no-wait-start --description -name busybox:1'])(
  'one dash is no fault of ours where it is for another: neuro %s',
  async (line) => {
    expect(await createWorld({ allow: () => true }).type(line.split(' '))).toMatchObject({ code: 0 });
  },
);

const wordsIn = (table: HintTable): readonly string[] => Object.keys(table).flatMap((row) => row.split(' '));

test.each([
  ['word', wordHints],
  ['flag', flagHints],
])('no %s has two sentences in one table', (_kind, tables) => {
  for (const [path, table] of Object.entries(tables)) {
    const words = wordsIn(table);
    const twice = words.filter((word, index) => word === '' || words.indexOf(word) !== index);
    expect([path, twice]).toEqual([path, []]);
  }
});

test('every flag that a command has is no hint of it', () => {
  const { command } = createProgram({ io: processIo(), connect: () => Promise.reject(new Error()) }, '1.2.3');
  for (const [path, table] of Object.entries(flagHints).filter(([name]) => name !== '')) {
    const { options } = commandAt(command, path.split(' ')).command;
    const clashing = wordsIn(table).filter(
      (flag) => flag !== '-d' && options.some(({ long, short }) => long === flag || short === flag),
    );
    expect([path, clashing]).toEqual([path, []]);
  }
});

test.each(['secret add TOKEN=s3cret', 'secret seal TOKEN=s3cret', 'secret rm TOKEN=s3cret'])(
  'a value that was typed behind the key is not repeated: %s',
  async (line) => {
    const { code, error } = await createWorld().type(line.split(' '));
    expect({ code, error }).toEqual({ code: 65, error: expect.stringContaining('`neuro secret add KEY VALUE`') });
    expect(error).not.toContain('s3cret');
  },
);

test('options of every command can come before the verb', async () => {
  const { code, error } = await createWorld().type(['secret', '-n', 'bob', 'ls', '--mine']);
  expect({ code, error }).toEqual({ code: 0, error: expect.stringContaining("namespace 'bob'") });
});

test('the version of the command is printed where no cluster can be reached', async () => {
  const { code, out } = await createWorld({ connectError: new Error('No kubeconfig.') }).type(['version']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/command +\S+\n[^]*server +No kubeconfig\./i) });
});

test('doctor ends with a summary', async () => {
  const { code, out } = await world.type(['doctor']);
  expect(code).toBe(1);
  expect(out).toMatch(/\n\d+ things? (has|have) to be mended[^\n]* are all right\.\n$/);
});
