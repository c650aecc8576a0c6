/** Flags of other commands, and of the original, and one sentence that says what to type instead. */
import { ownValue } from '../api/own-value.ts';
import { finished, type HintTable } from './hint-words.ts';

const value = 'The value is the word behind the key: VALUE, @FILE for a file, or - for standard input.';
const noOutput = 'Lists have -o json, yaml, name and wide, such as `neuro secret ls -o json`; this command has none.';
const formats = 'The format is -o json, yaml, name or wide.';
const oneNamespace = 'A command works in one namespace: choose it with --namespace NAME.';
const aTag = 'Labels of a job are tags: --tag TAG, and `neuro ps --tag TAG` lists by them.';
const byTag = '`neuro secret ls --tag NAME=VALUE` lists by a label; `kubectl get usersecrets -l` knows more selectors.';
const aSecret = '--env NAME=secret:KEY gives a secret as a variable, --volume secret:KEY:/path as a file.';
const aPort =
  '--http-port PORT puts a Service in front of the job; --port-forward LOCAL:REMOTE leads a port of this machine to it.';
const theImage = 'The image is the word behind the options, and its command follows: `neuro run IMAGE -- COMMAND`.';
const noField = 'A job has no such setting; docs/resources.md lists those that it has.';
const everyJob = 'Name the jobs: `neuro ps -q` prints the names of those that are unfinished.';
const theFile = 'The file is the word behind import: `neuro secret import FILE`.';
const ended =
  '`neuro kill JOB` ends a job with SIGTERM, and with SIGKILL 30 seconds later: leave the option out. `neuro exec JOB -- kill -s SIGNAL 1` sends another signal.';
const asJob = 'A command runs as the job does, with its variables, user and folder: `neuro exec JOB -- COMMAND`.';
const thisMachine = 'Only this machine reaches the port, at 127.0.0.1: leave the option out.';
const untilEnd =
  'It waits until the job ends, and has its exit code: `neuro job wait JOB`, with --timeout TIME if you like.';
const watched = '`neuro ps --watch` lists jobs after each change; `neuro logs JOB` follows the output of one.';
const anEnd = '--expires WHEN ends it by itself: 8h, 30d, 2027-01-31 or never.';
const aVersion = '`neuro secret rollback KEY --to VERSION` restores a version; `neuro secret history KEY` lists them.';
const oneContainer = 'A job has one container, and one Pod: leave the option out.';
const resources = 'A preset sets processors, memory and GPUs: --preset NAME.';

/** In place of a flag: any number, as in `kill -9`, and any name of a signal, as in `kill -KILL`. */
const NUMBER = '-NUMBER';
const SIGNAL = '-SIGNAL';
const signalNames = /^-(SIG)?(ABRT|ALRM|CONT|HUP|INT|KILL|QUIT|STOP|TERM|TSTP|USR[12])$/i;

/** For a flag of the command at that path, or of every command. */
export function flagHint(path: string, flag: string): string | undefined {
  return ownFlagHint(path, flag) ?? ownFlagHint('', flag);
}

/** Without those of every command. */
export function ownFlagHint(path: string, flag: string): string | undefined {
  const [name = flag] = flag.split('=');
  const kind = /^-\d+$/.test(name) ? NUMBER : signalNames.test(name) ? SIGNAL : name;
  return ownValue(ownValue(flagHints, path), kind);
}

/** Flags of other commands, by command; '' is for all. */
export const flagHints: Readonly<Record<string, HintTable>> = {
  '': {
    '-o': noOutput,
    '--output': noOutput,
    '--json': formats,
    '--format': formats,
    '-A': oneNamespace,
    '--all-namespaces': oneNamespace,
    '-V': '"neuro --version" prints the version of the command, `neuro version` also that of the cluster.',
    '-y': 'Where a command asks, --force answers for it.',
    '--yes': 'Where a command asks, --force answers for it.',
    '--token': 'Credentials come from the kubeconfig: --kubeconfig FILE or --context NAME.',
    '--no-color': 'It is --color no.',
    '--debug': '-v prints more details; after an error, --show-traceback prints the stack trace.',
    '--server': 'The server comes from the kubeconfig: --kubeconfig FILE or --context NAME.',
  },
  'secret add': {
    ...sameHint(
      value,
      ...['-f', '--file', '--from-file', '--from-literal', '--value', '--body', '-b', '--stdin', '--data-file'],
    ),
    ...sameHint(oneNamespace, '--env', '-e', '--repo', '-R'),
  },
  'secret rm': {
    '-f': 'It is --force, which does not ask.',
    '--all': 'Name the secrets: `neuro secret ls -q --mine` prints their keys.',
  },
  'secret ls': {
    ...sameHint(byTag, '-l', '--selector', '--label', '--show-labels', '--field-selector'),
    '-w': 'It is --watch.',
    '--sort-by': 'The list is sorted by key; `kubectl get usersecrets --sort-by` sorts otherwise.',
  },
  'secret get': {
    ...sameHint(
      '`neuro secret get KEY` prints the value itself, byte for byte; `neuro secret ls -o json` prints what else is known of secrets.',
      '-o',
      '--output',
      '--json',
      '--format',
    ),
    ...sameHint(
      '`neuro secret get KEY` prints the value itself: there is nothing to decode.',
      '--decode',
      '-d',
      '--plain',
    ),
  },
  'secret import': sameHint(theFile, '-f', '--file', '--from-file', '--from-env-file', '--env-file'),
  'secret seal': sameHint(
    'The value is the word behind the key: `neuro secret seal KEY VALUE`, with @FILE for a file.',
    '-f',
    '--secret-file',
    '--from-file',
    '--value',
  ),
  'secret history': {
    '--version': '`neuro secret get KEY --version VERSION` prints a former value.',
    '--limit': 'A secret keeps few versions, and all of them are listed: leave the option out.',
  },
  'secret rollback': sameHint(aVersion, '--version', '--to-revision', '--to-version'),
  'secret reseal': {
    '--all': 'Without names, `neuro secret reseal` takes up every secret of the namespace that needs it.',
  },
  'acl grant': { ...levels(), ...ends() },
  share: { ...levels(), ...ends() },
  'acl ls': sameHint(
    '`neuro acl ls --shared` lists what you share, `neuro acl ls` what is shared with you.',
    '--all',
    '-a',
  ),
  version: sameHint('--client prints only the version of the command.', '--short', '--client-only'),
  ...forBoth('ps', 'ls', {
    ...sameHint(
      '`neuro ps --status STATUS`, --tag TAG and --name NAME choose among jobs.',
      '-f',
      '--filter',
      '-l',
      '--selector',
    ),
    ...sameHint('`neuro ps -a --recent-first` lists all jobs, the newest first.', '--last', '--latest'),
    ...sameHint('`neuro ps -a` lists finished jobs too.', '-e', '-ef', '-x', '--show-all'),
    '--no-trunc': '-o wide shows more, -o json all.',
    '--sort-by': 'The list is sorted by age: --recent-first begins with the newest.',
  }),
  ...forBoth('kill', 'kill', {
    '--all': everyJob,
    '-a': everyJob,
    ...sameHint(
      ended,
      ...['-s', '--signal', NUMBER, SIGNAL, '-f', '--force', '--now', '-t', '--time', '--timeout', '--wait'],
      ...['--grace-period'],
    ),
    ...sameHint(everyJob, '-l', '--selector', '--filter', '-u', '--user'),
  }),
  ...forBoth('logs', 'logs', {
    ...sameHint(oneContainer, '-c', '--container', '--all-containers', '--previous'),
    '-t': 'It is --timestamps.',
    ...sameHint('The last lines: `neuro logs --tail LINES JOB`.', NUMBER, '--lines'),
    ...sameHint('Name one job: `neuro ps -q` prints the names of those that are unfinished.', '-l', '--selector'),
    '--details': 'The details of a job: `neuro status JOB`.',
  }),
  ...forBoth('exec', 'exec', {
    ...sameHint(oneContainer, '-c', '--container'),
    ...sameHint(asJob, '-u', '--user', '-e', '--env', '--env-file', '-w', '--workdir', '--privileged'),
    ...sameHint('It waits for the command: leave the option out.', '-d', '--detach'),
  }),
  ...forBoth('port-forward', 'port-forward', sameHint(thisMachine, '--address')),
  ...forBoth('status', 'status', sameHint(watched, '-w', '--watch', '-f', '--follow')),
  'job wait': sameHint(untilEnd, '--for', '--condition'),
  ...forBoth(
    'attach',
    'attach',
    sameHint(
      'It attaches to the terminal where the job has one: leave the option out.',
      '-i',
      '-t',
      '-it',
      '--stdin',
      '--tty',
      '--no-stdin',
      '--sig-proxy',
      '--detach-keys',
    ),
  ),
  ...forBoth('run', 'run', {
    // It has taken the image as its text.
    '-d': '-d is --description here, and takes a text; --detach does not follow the job.',
    '--rm': `A finished job needs no --rm: ${finished}.`,
    '--memory': resources,
    '-m': resources,
    '--cpus': resources,
    '--gpus': resources,
    '--publish': '--port-forward LOCAL:REMOTE leads a port of this machine to the job while it is followed.',
    '--dry-run': '--check checks everything and creates nothing.',
    ...sameHint(resources, '--cpu', '-c', '--gpu'),
    ...sameHint(aTag, '-l', '--label', '--labels'),
    ...sameHint(aSecret, '--secret', '--secrets', '--secret-env', '--secret-file', '--env-from'),
    ...sameHint(aPort, '--port', '-P', '--publish-all', '--expose'),
    ...sameHint(theImage, '--image', '--command', '--cmd'),
    ...sameHint(noField, '-u', '--user', '--net', '--network', '--hostname', '--pull', '--cap-add', '--link', '--init'),
    '--timeout': '--life-span TIME ends a job that runs longer, --schedule-timeout TIME one that does not start.',
    '--wait': 'The command waits by itself; --detach only waits until the job runs.',
    '--mount': 'It is --volume secret:KEY:/path, or pvc:NAME:/path.',
  }),
};

/** `neuro run` is `neuro job run`, and `neuro ps` is `neuro job ls`. */
function forBoth(short: string, verb: string, table: HintTable): Readonly<Record<string, HintTable>> {
  return { [short]: table, [`job ${verb}`]: table };
}

function sameHint(sentence: string, ...flags: readonly string[]): HintTable {
  return Object.fromEntries(flags.map((flag) => [flag, sentence]));
}

function ends(): HintTable {
  return sameHint(anEnd, '--for', '--until', '--ttl', '--duration', '--expiry', '--expires-at', '--expires-in');
}

function levels(): HintTable {
  const level = 'The level is a word behind the subject: `neuro share secret:KEY SUBJECT write`.';
  return sameHint(level, '--read', '--copy', '--write', '--manage', '--level', '--access', '--role', '--permission');
}
