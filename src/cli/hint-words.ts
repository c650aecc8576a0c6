/** Words of other commands, and of the original, and what to type instead. */
import type { HintTables } from './hint-table.ts';

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
export const finished =
  'a finished one stays until another takes its name, or `kubectl delete neurojob JOB` removes it';

const toPaper =
  'A recovery key is on paper: `neuro admin recovery-key create` makes one, `neuro admin recovery-key restore FOLDER` restores with its words.';

/** Behind the noun, by its path; '' is for the first word. */
export const wordHints: HintTables = {
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
    'stop cancel terminate pkill killall end': '`neuro kill JOB` ends a job.',
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
    'tail head output stdout less follow':
      '`neuro logs JOB` prints the output of a job until it ends; --tail LINES begins with its last lines.',
    'log events activity audit':
      '`neuro logs JOB` prints the output of a job; `neuro secret log KEY` shows who changed and used a secret.',
    'export download':
      '`neuro secret manifest` prints secrets as files for git, sealed; `neuro secret get KEY` prints one value.',
    upload: '`neuro secret import FILE` imports secrets from a .env file; `neuro secret add KEY @FILE` keeps a file.',
    apply: 'Secrets, grants, jobs and schedules are Kubernetes objects: `kubectl apply -f FILE`.',
    explain: '`kubectl explain usersecret` shows the fields; so do secretgrant, neurojob and neuroschedule.',
    'can-i': '`neuro doctor` shows what you can do; `neuro run --check IMAGE` asks for one job.',
    'recovery recovery-key recovery-keys recover': toPaper,
    'login auth': login,
    logout,
    'token tokens service-tokens':
      'There are no tokens here: a program uses a ServiceAccount, `kubectl create token NAME`; share with serviceaccount:NAMESPACE/NAME.',
    'storage mv mkdir': noStorage,
    cp: 'Copy from and to a Pod with `kubectl cp JOB:/path FILE`; a job’s Pod has the name of the job.',
    disk: 'A disk is a PersistentVolumeClaim here: `kubectl get pvc`; mount it with --volume disk:NAME:/path.',
    blob: 'There are no buckets here; keep the credentials of your own in a secret and give them to a job.',
    'image images push pull rmi build': noImages,
    'save commit': 'A job cannot be saved as an image; build one from a Dockerfile.',
    'label annotate tag':
      '`neuro secret tag KEY NAME=VALUE` sets a tag of a secret; a job gets its tags from `neuro run --tag TAG IMAGE`.',
    'patch replace scale autoscale rollout':
      'A job stays as it was made: `neuro job generate-run-command JOB` prints the line that made it, to change and run again.',
    'expose service services svc ingress':
      '`neuro run --http-port PORT IMAGE` puts a Service in front of a job; `neuro port-forward JOB LOCAL:REMOTE` leads a port of this machine to it.',
    'drain cordon uncordon taint node nodes cluster-info api-resources api-versions':
      'That is about the cluster itself: kubectl has a command of this name.',
    'volume volumes pvc': noStorage,
    'network networks':
      'Networks are those of the cluster; `neuro port-forward JOB LOCAL:REMOTE` leads to a port of a job.',
    'prune system gc': '`neuro ps -a` lists finished jobs; `kubectl delete neurojob JOB` removes one.',
    unpause: '`neuro schedule resume SCHEDULE` resumes a paused schedule.',
    'ui web dashboard': '`neuro console` starts the console on this machine.',
    browse: '`neuro open` opens the console; `neuro port-forward JOB --open` opens the page of a job.',
    'ssh sh shell debug': '`neuro exec JOB -- sh` starts a shell in a job.',
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
  'secret history': {
    'ls list show get log': '`neuro secret history KEY` lists the versions of a secret.',
    compare: '`neuro secret history diff KEY VERSION OTHER` compares two versions.',
    'delete rm remove clear clean': '`neuro secret history purge KEY` deletes all former values.',
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
    'can-i': '`neuro doctor` shows what you can do; `neuro run --check IMAGE` asks for one job.',
    'get-namespaces set-namespace':
      'A namespace is chosen with --namespace NAME; `kubectl get namespaces` lists them, where you may.',
    'show-token': 'Credentials are in your kubeconfig: `kubectl config view --minify --raw`.',
    docker: 'Log in to your registry with docker or podman.',
  },
  admin: {
    'add-cluster-user create-user add create invite': '`neuro admin add-user NAME` makes a home.',
    'remove-cluster-user delete-user remove delete rm': '`neuro admin remove-user NAME` removes a home.',
    'get-cluster-users get-users list-users users ls list show get describe':
      '`neuro admin ls-users` lists people and their homes.',
    'recovery recovery-keys recover restore create-recovery-key add-recovery-key': toPaper,
  },
  'admin recovery-key': {
    'show get view cat print read words reveal export':
      'Nobody keeps the words: `neuro admin recovery-key create` shows those of a new key, once; its public half is in the file that it writes. `neuro doctor` lists the recovery keys of the cluster.',
    'ls list describe status info inspect':
      '`neuro doctor` lists the recovery keys of the cluster; `neuro secret usage KEY` shows for which of them a secret is sealed.',
    'new add generate gen make init': '`neuro admin recovery-key create` makes a key and prints its words once.',
    'use set apply install enable register publish import activate':
      'The cluster takes the public half from the chart: `helm upgrade --set-json sealing.recoveryKeys="$(cat recovery-key.json)"`, with the release and the chart; then `neuro secret reseal` seals for it what is there already.',
    'delete remove rm del revoke retire disable deactivate':
      'Set active: false in the entry of the key in sealing.recoveryKeys of the chart; then `neuro secret reseal` leaves it out of the secrets of a namespace.',
    'rotate replace renew change':
      'Make another with `neuro admin recovery-key create`, give both to sealing.recoveryKeys of the chart, the former one with active: false, and run `neuro secret reseal` in each namespace.',
    'recover unseal decrypt open reseal':
      '`neuro admin recovery-key restore FOLDER` seals the manifests of a folder again.',
    'check verify test try validate':
      'To try the words, copy the folder of the manifests: `neuro admin recovery-key restore COPY` changes only the copy.',
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
  ...named('admin recovery-key', 'recovery-key recovery-keys recovery'),
};

function named(noun: string, words: string): Readonly<Record<string, string>> {
  return Object.fromEntries(words.split(' ').map((word) => [word, noun]));
}
