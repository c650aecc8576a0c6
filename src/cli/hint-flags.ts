/** Flags of other commands, and of the original, and what to type instead. */
import { sentenceIn, type HintTable, type HintTables } from './hint-table.ts';
import { finished } from './hint-words.ts';

const oneNamespace = 'A command works in one namespace: choose it with --namespace NAME.';
const oneContainer = 'A job has one container, and one Pod: leave the option out.';
/** Flags that say what a grant allows. */
const terms: HintTable = {
  '--read --copy --write --manage --level --access --role --permission':
    'The level is a word behind the subject: `neuro share secret:KEY SUBJECT write`.',
  '--for --until --ttl --duration --expiry --expires-at --expires-in':
    '--expires WHEN ends it by itself: 8h, 30d, 2027-01-31 or never.',
};

/** Entries of a table that stand for many flags: any number, as in `kill -9`, and any name of a signal, as in `kill -KILL`. */
const NUMBER = '-NUMBER';
const SIGNAL = '-SIGNAL';
const signalNames = /^-(SIG)?(ABRT|ALRM|CONT|HUP|INT|KILL|QUIT|STOP|TERM|TSTP|USR[12])$/i;

/** The hint for a flag that the command at that path does not have; undefined where there is none. */
export function flagHint(path: string, flag: string): string | undefined {
  return ownFlagHint(path, flag) ?? ownFlagHint('', flag);
}

/** Without those of every command. */
export function ownFlagHint(path: string, flag: string): string | undefined {
  const [name = flag] = flag.split('=');
  const kind = /^-\d+$/.test(name) ? NUMBER : signalNames.test(name) ? SIGNAL : name;
  return sentenceIn(flagHints, path, kind);
}

/** Flags of other commands, by command; '' is for all. */
export const flagHints: HintTables = {
  '': {
    '-o --output': 'Lists have -o json, yaml, name and wide, such as `neuro secret ls -o json`; this command has none.',
    '--json --format': 'The format is -o json, yaml, name or wide.',
    '-A --all-namespaces': oneNamespace,
    '-V': '"neuro --version" prints the version of the command, `neuro version` also that of the cluster.',
    '-y --yes': 'Where a command asks, --force answers for it.',
    '--token': 'Credentials come from the kubeconfig: --kubeconfig FILE or --context NAME.',
    '--no-color': 'It is --color no.',
    '--debug': '-v prints more details; after an error, --show-traceback prints the stack trace.',
    '--server': 'The server comes from the kubeconfig: --kubeconfig FILE or --context NAME.',
  },
  'secret add': {
    '-f --file --from-file --from-literal --value --body -b --stdin --data-file':
      'The value is the word behind the key: VALUE, @FILE for a file, or - for standard input.',
    '--env -e --repo -R': oneNamespace,
  },
  'secret rm': {
    '-f': 'It is --force, which does not ask.',
    '--all': 'Name the secrets: `neuro secret ls -q --mine` prints their keys.',
  },
  'secret ls': {
    '-l --selector --label --show-labels --field-selector':
      '`neuro secret ls --tag NAME=VALUE` lists by a label; `kubectl get usersecrets -l` knows more selectors.',
    '-w': 'It is --watch.',
    '--sort-by': 'The list is sorted by key; `kubectl get usersecrets --sort-by` sorts otherwise.',
  },
  'secret get': {
    '-o --output --json --format':
      '`neuro secret get KEY` prints the value itself, byte for byte; `neuro secret ls -o json` prints what else is known of secrets.',
    '--decode -d --plain': '`neuro secret get KEY` prints the value itself: there is nothing to decode.',
  },
  'secret import': {
    '-f --file --from-file --from-env-file --env-file':
      'The file is the word behind import: `neuro secret import FILE`.',
  },
  'secret seal': {
    '-f --secret-file --from-file --value':
      'The value is the word behind the key: `neuro secret seal KEY VALUE`, with @FILE for a file.',
  },
  'secret history': {
    '--version': '`neuro secret get KEY --version VERSION` prints a former value.',
    '--limit': 'A secret keeps few versions, and all of them are listed: leave the option out.',
  },
  'secret rollback': {
    '--version --to-revision --to-version':
      '`neuro secret rollback KEY --to VERSION` restores a version; `neuro secret history KEY` lists them.',
  },
  'secret reseal': {
    '--all': 'Without names, `neuro secret reseal` takes up every secret of the namespace that needs it.',
  },
  'acl grant': terms,
  share: terms,
  'acl ls': { '--all -a': '`neuro acl ls --shared` lists what you share, `neuro acl ls` what is shared with you.' },
  version: { '--short --client-only': '--client prints only the version of the command.' },
  ...forBoth('ps', 'ls', {
    '-f --filter -l --selector': '`neuro ps --status STATUS`, --tag TAG and --name NAME choose among jobs.',
    '--last --latest': '`neuro ps -a --recent-first` lists all jobs, the newest first.',
    '-e -ef -x --show-all': '`neuro ps -a` lists finished jobs too.',
    '--no-trunc': '-o wide shows more, -o json all.',
    '--sort-by': 'The list is sorted by age: --recent-first begins with the newest.',
  }),
  ...forBoth('kill', 'kill', {
    '-s --signal -NUMBER -SIGNAL -f --force --now -t --time --timeout --wait --grace-period':
      '`neuro kill JOB` ends a job with SIGTERM, and with SIGKILL 30 seconds later: leave the option out. `neuro exec JOB -- kill -s SIGNAL 1` sends another signal.',
    '--all -a -l --selector --filter -u --user':
      'Name the jobs: `neuro ps -q` prints the names of those that are unfinished.',
  }),
  ...forBoth('logs', 'logs', {
    '-c --container --all-containers --previous': oneContainer,
    '-t': 'It is --timestamps.',
    '-NUMBER --lines': 'The last lines: `neuro logs --tail LINES JOB`.',
    '-l --selector': 'Name one job: `neuro ps -q` prints the names of those that are unfinished.',
    '--details': 'The details of a job: `neuro status JOB`.',
  }),
  ...forBoth('exec', 'exec', {
    '-c --container': oneContainer,
    '-u --user -e --env --env-file -w --workdir --privileged':
      'A command runs as the job does, with its variables, user and folder: `neuro exec JOB -- COMMAND`.',
    '-d --detach': 'It waits for the command: leave the option out.',
  }),
  ...forBoth('port-forward', 'port-forward', {
    '--address': 'Only this machine reaches the port, at 127.0.0.1: leave the option out.',
  }),
  ...forBoth('status', 'status', {
    '-w --watch -f --follow':
      '`neuro ps --watch` lists jobs after each change; `neuro logs JOB` follows the output of one.',
  }),
  'job wait': {
    '--for --condition':
      'It waits until the job ends, and has its exit code: `neuro job wait JOB`, with --timeout TIME if you like.',
  },
  ...forBoth('attach', 'attach', {
    '-i -t -it --stdin --tty --no-stdin --sig-proxy --detach-keys':
      'It attaches to the terminal where the job has one: leave the option out.',
  }),
  ...forBoth('run', 'run', {
    // It has taken the image as its text.
    '-d': '-d is --description here, and takes a text; --detach does not follow the job.',
    '--rm': `A finished job needs no --rm: ${finished}.`,
    '--publish': '--port-forward LOCAL:REMOTE leads a port of this machine to the job while it is followed.',
    '--dry-run': '--check checks everything and creates nothing.',
    '--cpu --cpus -c --gpu --gpus --memory -m': 'A preset sets processors, memory and GPUs: --preset NAME.',
    '-l --label --labels': 'Labels of a job are tags: --tag TAG, and `neuro ps --tag TAG` lists by them.',
    '--secret --secrets --secret-env --secret-file --env-from':
      '--env NAME=secret:KEY gives a secret as a variable, --volume secret:KEY:/path as a file.',
    '--port -P --publish-all --expose':
      '--http-port PORT puts a Service in front of the job; --port-forward LOCAL:REMOTE leads a port of this machine to it.',
    '--image --command --cmd':
      'The image is the word behind the options, and its command follows: `neuro run IMAGE -- COMMAND`.',
    '-u --user --net --network --hostname --pull --cap-add --link --init':
      'A job has no such setting; docs/resources.md lists those that it has.',
    '--timeout': '--life-span TIME ends a job that runs longer, --schedule-timeout TIME one that does not start.',
    '--wait': 'The command waits by itself; --detach only waits until the job runs.',
    '--mount': 'It is --volume secret:KEY:/path, or pvc:NAME:/path.',
  }),
};

/** `neuro run` is `neuro job run`, and `neuro ps` is `neuro job ls`. */
function forBoth(short: string, verb: string, table: HintTable): HintTables {
  return { [short]: table, [`job ${verb}`]: table };
}
