/** Each row: words that people of other commands and of the original type, and one sentence that says what to type instead. */
export type HintTable = Readonly<Record<string, string>>;

const whoami = '`neuro config show` shows who you are and where you work.';
const login =
  'There is nothing to log in to, as with kubectl: the kubeconfig has your credentials (--context, KUBECONFIG).';
const logout = 'There is nothing to log out of, as with kubectl: the kubeconfig has your credentials.';
const noImages =
  'Images are in your registry: push and pull with docker or podman, and name the image: `neuro run IMAGE`.';
const noStorage = 'There is no storage: here; mount a PersistentVolumeClaim with --volume pvc:NAME:/path.';
const roles = 'Roles are groups here, of your identity provider; share with group:NAME.';
const share = '`neuro share secret:KEY SUBJECT` shares a secret.';
const revoke = '`neuro acl revoke secret:KEY SUBJECT` takes a grant back.';
const add = '`neuro secret add KEY` adds a secret, or replaces its value.';
const finished = 'a finished one stays until another takes its name, or `kubectl delete neurojob JOB` removes it';

/** Behind the noun; '' is for the first word. */
export const hintTables: Readonly<Record<string, HintTable>> = {
  '': {
    'create new': '`neuro secret add KEY` adds a secret; `neuro run IMAGE` makes a job.',
    'add set put write update edit store env envs kv': add,
    'get read view cat': '`neuro secret get KEY` prints the value of a secret; `neuro ps` lists jobs.',
    'delete remove del unset destroy': '`neuro secret rm KEY` removes a secret; `neuro kill JOB` ends a job.',
    'show inspect info': '`neuro secret ls` lists secrets, `neuro status JOB` shows a job.',
    describe: '`neuro status JOB` shows a job; `neuro secret usage KEY` shows who can use a secret.',
    list: '`neuro secret ls` lists secrets, `neuro ps` lists jobs.',
    ls: 'There is no storage: here; `neuro secret ls` lists secrets and `neuro ps` jobs.',
    rm: 'There is no storage: here; `neuro secret rm KEY` removes a secret, `neuro kill JOB` ends a job.',
    'docker podman container': '`neuro run IMAGE` runs a container as a job; `neuro ps` lists jobs.',
    'kubectl vault doppler kubeseal helm':
      'This is "neuro": leave out the other command. "neuro --help" lists what there is, `neuro help TOPIC` explains it.',
    'stop cancel terminate': '`neuro kill JOB` ends a job.',
    'start restart rerun submit':
      '`neuro run IMAGE` runs a job; `neuro job generate-run-command JOB` prints the line that made one.',
    'whoami who me': whoami,
    grant: share,
    'revoke unshare': revoke,
    'secrets usersecrets usersecret': 'It is "neuro secret": `neuro secret ls` lists them.',
    'jobs neurojobs neurojob pods pod': 'It is "neuro job": `neuro ps` lists jobs.',
    'schedules cron cronjob cronjobs': 'It is "neuro schedule": `neuro schedule ls` lists them.',
    'grants permission permissions access':
      '`neuro acl ls --shared` lists what you share, `neuro acl ls` what is shared with you.',
    'contexts context ctx cluster clusters':
      '`neuro config get-contexts` lists contexts, `neuro config use NAME` chooses one.',
    'namespace namespaces ns project projects org orgs':
      'A command works in the namespace of the context, or in your home; --namespace NAME chooses another.',
    'users user homes home people': '`neuro admin ls-users` lists people and their homes.',
    'preset presets': '`neuro run --preset NAME IMAGE` uses a preset; the console lists them.',
    'log events activity audit':
      '`neuro logs JOB` prints the output of a job; `neuro secret log KEY` shows who changed and used a secret.',
    'export download':
      '`neuro secret manifest` prints secrets as files for git, sealed; `neuro secret get KEY` prints one value.',
    upload: '`neuro secret import FILE` imports secrets from a .env file; `neuro secret add KEY @FILE` keeps a file.',
    apply: 'Secrets, grants, jobs and schedules are Kubernetes objects: `kubectl apply -f FILE`.',
    explain: '`kubectl explain usersecret` shows the fields; so do secretgrant, neurojob and neuroschedule.',
    'can-i': '`neuro doctor` shows what you can do; `neuro run --check IMAGE` asks for one job.',
    'login auth': login,
    logout,
    'token tokens service-tokens':
      'There are no tokens here: a program uses a ServiceAccount, `kubectl create token NAME`; share with serviceaccount:NAMESPACE/NAME.',
    'storage mv mkdir': noStorage,
    cp: 'Copy from and to a Pod with `kubectl cp JOB:/path FILE`; a job’s Pod has the name of the job.',
    disk: 'A disk is a PersistentVolumeClaim here: `kubectl get pvc`; mount it with --volume disk:NAME:/path.',
    blob: 'There are no buckets here; keep the credentials of your own in a secret and give them to a job.',
    'image images push pull rmi build': noImages,
    save: 'A job cannot be saved as an image; build one from a Dockerfile.',
    'ui web dashboard': '`neuro console` starts the console on this machine.',
    browse: '`neuro open` opens the console; `neuro port-forward JOB --open` opens the page of a job.',
    'ssh sh shell': '`neuro exec JOB -- sh` starts a shell in a job.',
    'forward proxy': '`neuro port-forward JOB LOCAL:REMOTE` leads a port of this machine to a job.',
    'init setup settings install': '`neuro doctor` checks what the command needs, and says how to get what is missing.',
    'options man': '"neuro --help" shows the options, `neuro help TOPIC` explains a topic.',
    'service-account':
      'Service accounts are those of Kubernetes: `kubectl create serviceaccount NAME`; share with serviceaccount:NAMESPACE/NAME.',
  },
  secret: {
    'create new': '`neuro secret add KEY` adds a secret.',
    'set put write store': `${add} \`neuro secret import FILE\` imports a .env file.`,
    'update edit': '`neuro secret add KEY` replaces the value; `neuro secret get KEY` prints it.',
    upload: '`neuro secret import FILE` imports a .env file; `neuro secret add KEY @FILE` keeps the bytes of a file.',
    'delete remove del unset destroy': '`neuro secret rm KEY` removes a secret.',
    'show view inspect': '`neuro secret get KEY` prints the value; `neuro secret usage KEY` shows who can use it.',
    'read cat print reveal value': '`neuro secret get KEY` prints the value.',
    'describe info details status':
      '`neuro secret usage KEY` shows who can use a secret and which jobs do; `neuro secret ls -o wide` shows the rest.',
    'export download':
      '`neuro secret manifest` prints secrets as files for git, sealed; `neuro secret get KEY` prints one value.',
    'apply sync': '`kubectl apply -f FILE` applies a manifest; `neuro secret seal KEY` makes one.',
    'run env inject':
      '`neuro secret exec --env NAME=secret:KEY -- COMMAND` runs a command of this machine with secrets.',
    'rename mv move':
      'A key is fixed: pipe `neuro secret get OLD` into `neuro secret add NEW -`, then `neuro secret rm OLD`.',
    'copy cp clone':
      '`neuro secret get KEY`, piped into `neuro secret add OTHER -`, copies the value; --from copies a secret that is shared with you.',
    'share grant': share,
    'revoke unshare': revoke,
    'grants access permissions who':
      '`neuro secret usage KEY` shows who can use a secret; `neuro acl ls --shared` lists all grants.',
    'versions version': '`neuro secret history KEY` lists the versions of a secret.',
    'restore revert undo':
      '`neuro secret rollback KEY --to VERSION` restores a former value; `neuro secret history KEY` lists them.',
    diff: '`neuro secret history diff KEY VERSION OTHER` compares two versions.',
    'audit events activity logs': '`neuro secret log KEY` shows who changed, shared and used a secret.',
    template: '`neuro secret add KEY --template TEXT --part NAME=KEY` composes a value from other secrets.',
    'generate gen random':
      'A value that is generated is a UserSecret with spec.generate: `kubectl explain usersecret.spec.generate`; the console makes one too.',
    'label labels annotate': '`neuro secret tag KEY NAME=VALUE` sets a tag.',
    'find search': '`neuro secret ls` lists secrets, with --tag NAME only those with a tag.',
    whoami,
  },
  job: {
    'create new submit start': '`neuro run IMAGE` runs a job.',
    'rm remove delete del': `\`neuro kill JOB\` ends a job; ${finished}.`,
    'stop cancel terminate': '`neuro kill JOB` ends a job.',
    'describe show get inspect info': '`neuro status JOB` shows a job.',
    'restart rerun retry': '`neuro job generate-run-command JOB` prints the line that made a job: run it again.',
    log: '`neuro logs JOB` prints the output of a job.',
    'shell sh ssh': '`neuro exec JOB -- sh` starts a shell in a job.',
    ps: '`neuro ps` lists unfinished jobs, `neuro ps -a` all.',
    save: 'A job cannot be saved as an image; build one from a Dockerfile.',
    browse:
      '`neuro port-forward JOB --open` opens the page of a job in a browser; `neuro open JOB` shows the job in the console.',
    'bump-life-span': 'The life span of a job is fixed when it is made; run another with --life-span.',
    open: '`neuro open JOB` opens the page of a job in the console; `neuro port-forward JOB 8080:PORT` leads to its port.',
    share: '`neuro run --share SUBJECT IMAGE` lets someone look after a job, from its start.',
  },
  schedule: {
    'create add new set': '`neuro run --schedule "0 3 * * *" IMAGE` makes a schedule.',
    'delete remove del': '`neuro schedule rm SCHEDULE` removes a schedule and its jobs.',
    'describe get status info inspect': '`neuro schedule show SCHEDULE` shows a schedule, its next run and its jobs.',
    'edit update':
      'Remove the schedule with `neuro schedule rm SCHEDULE`, and make it again: `neuro run --schedule "0 3 * * *" IMAGE`.',
    'stop suspend disable': '`neuro schedule pause SCHEDULE` stops it, until it is resumed.',
    'start unpause enable unsuspend': '`neuro schedule resume SCHEDULE` resumes a paused schedule.',
    'trigger run now': '`neuro schedule run-now SCHEDULE` makes one job now.',
  },
  acl: {
    'add share create set': share,
    'rm remove delete unshare unset': revoke,
    'get show describe who':
      '`neuro acl ls --shared` lists what you share; `neuro secret usage KEY` shows who can use one secret.',
    'list-roles add-role remove-role': roles,
  },
  config: {
    'switch-cluster': 'A cluster is a context here: `neuro config get-contexts`, `neuro config use NAME`.',
    'get-clusters': 'A cluster is a context here: `neuro config get-contexts`.',
    'switch-project set-context namespace set':
      'A namespace is chosen with --namespace NAME, or with `kubectl config set-context --current --namespace=NAME`.',
    'switch-org': 'There are no organisations here; a namespace is chosen with --namespace.',
    'ls list contexts': '`neuro config get-contexts` lists contexts, `neuro config use NAME` chooses one.',
    'view get current-context current whoami': whoami,
    fetch: 'There is nothing to fetch: the kubeconfig is read each time.',
    login,
    logout,
    'show-token': 'Credentials are in your kubeconfig: `kubectl config view --minify --raw`.',
    docker: 'Log in to your registry with docker or podman.',
  },
  admin: {
    'add-cluster-user create-user add create invite': '`neuro admin add-user NAME` makes a home.',
    'remove-cluster-user delete-user remove delete rm': '`neuro admin remove-user NAME` removes a home.',
    'get-cluster-users get-users list-users users ls list': '`neuro admin ls-users` lists people and their homes.',
  },
  console: {
    'start run open serve up': '`neuro console` starts the console on this machine, and `neuro open` opens it.',
  },
};

/** Other names of a noun: `neuro secrets get` is about `neuro secret`. */
export const nounsMeant: Readonly<Record<string, string>> = {
  ...named('secret', 'secrets usersecret usersecrets usec kv'),
  ...named('job', 'jobs neurojob neurojobs nj pod pods'),
  ...named('schedule', 'schedules neuroschedule neuroschedules cron cronjob cronjobs'),
  ...named('acl', 'grants grant secretgrant secretgrants sg permission permissions'),
  ...named('config', 'context contexts ctx cluster clusters auth'),
  ...named('admin', 'user users home homes'),
};

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
const aVersion = '`neuro secret rollback KEY --to VERSION` restores a version; `neuro secret history KEY` lists them.';
const oneContainer = 'A job has one container, and one Pod: leave the option out.';
const resources = 'A preset sets processors, memory and GPUs: --preset NAME.';

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
  'secret rollback': sameHint(aVersion, '--version', '--to-revision', '--to-version'),
  'secret reseal': {
    '--all': 'Without names, `neuro secret reseal` takes up every secret of the namespace that needs it.',
  },
  'acl grant': levels(),
  share: levels(),
  ...forBoth('ps', 'ls', {
    ...sameHint(
      '`neuro ps --status STATUS`, --tag TAG and --name NAME choose among jobs.',
      '-f',
      '--filter',
      '-l',
      '--selector',
    ),
  }),
  ...forBoth('kill', 'kill', {
    '--all': everyJob,
    '-a': everyJob,
    ...sameHint('A job is ended with SIGTERM, and after a while with SIGKILL: leave the option out.', '-s', '--signal'),
  }),
  ...forBoth('logs', 'logs', {
    ...sameHint(oneContainer, '-c', '--container', '--all-containers', '--previous'),
    '-t': 'It is --timestamps.',
  }),
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

function named(noun: string, words: string): Readonly<Record<string, string>> {
  return Object.fromEntries(words.split(' ').map((word) => [word, noun]));
}

/** `neuro run` is `neuro job run`, and `neuro ps` is `neuro job ls`. */
function forBoth(short: string, verb: string, table: HintTable): Readonly<Record<string, HintTable>> {
  return { [short]: table, [`job ${verb}`]: table };
}

function sameHint(sentence: string, ...flags: readonly string[]): HintTable {
  return Object.fromEntries(flags.map((flag) => [flag, sentence]));
}

function levels(): HintTable {
  const level = 'The level is a word behind the subject: `neuro share secret:KEY SUBJECT write`.';
  return sameHint(level, '--read', '--copy', '--write', '--manage', '--level', '--access', '--role', '--permission');
}
