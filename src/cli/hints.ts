/** Words that people of other commands, and of the original, type here, and what to type instead. */
import { ownValue } from '../api/own-value.ts';

const hints: Readonly<Record<string, string>> = {
  create: '`neuro secret add KEY` adds a secret; `neuro run IMAGE` makes a job.',
  add: '`neuro secret add KEY` adds a secret.',
  get: '`neuro secret get KEY` prints the value of a secret; `neuro ps` lists jobs.',
  delete: '`neuro secret rm KEY` removes a secret; `neuro kill JOB` ends a job.',
  remove: '`neuro secret rm KEY` removes a secret; `neuro kill JOB` ends a job.',
  show: '`neuro secret ls` lists secrets, `neuro status JOB` shows a job.',
  describe: '`neuro status JOB` shows a job; `neuro secret usage KEY` shows who can use a secret.',
  edit: '`neuro secret add KEY` replaces the value of a secret.',
  list: '`neuro secret ls` lists secrets, `neuro ps` lists jobs.',
  whoami: '`neuro config show` shows who you are and where you work.',
  grant: '`neuro share secret:KEY SUBJECT` shares a secret.',
  revoke: '`neuro acl revoke secret:KEY SUBJECT` takes a grant back.',
  secrets: 'It is "neuro secret": `neuro secret ls` lists them.',
  jobs: 'It is "neuro job": `neuro ps` lists jobs.',
  grants: '`neuro acl ls --shared` lists what you share, `neuro acl ls` what is shared with you.',
  contexts: '`neuro config get-contexts` lists contexts.',
  users: '`neuro admin ls-users` lists people and their homes.',
  login: 'There is nothing to log in to, as with kubectl: the kubeconfig has your credentials (--context, KUBECONFIG).',
  logout: 'There is nothing to log out of, as with kubectl: the kubeconfig has your credentials.',
  storage:
    'There is no storage: here; make a PersistentVolumeClaim with kubectl and mount it with --volume pvc:NAME:/path.',
  disk: 'A disk is a PersistentVolumeClaim here: `kubectl get pvc`; mount it with --volume disk:NAME:/path.',
  blob: 'There are no buckets here; keep the credentials of your own in a secret and give them to a job.',
  image: 'Images are in your registry: push with docker or podman, and name the image: `neuro run IMAGE`.',
  images: 'Images are in your registry; list them there.',
  push: 'Push with docker or podman, and name the image: `neuro run IMAGE`.',
  pull: 'Pull with docker or podman.',
  save: 'A job cannot be saved as an image; build one from a Dockerfile.',
  cp: 'Copy from and to a Pod with `kubectl cp JOB:/path FILE`; a job’s Pod has the name of the job.',
  mv: 'There is no storage: here; look at --volume pvc:NAME:/path.',
  mkdir: 'There is no storage: here; look at --volume pvc:NAME:/path.',
  ls: 'There is no storage: here; `neuro secret ls` lists secrets and `neuro ps` jobs.',
  rm: 'There is no storage: here; `neuro secret rm KEY` removes a secret.',
  'service-account':
    'Service accounts are those of Kubernetes: `kubectl create serviceaccount NAME`; share with serviceaccount:NAMESPACE/NAME.',
};

const ofJobs: Readonly<Record<string, string>> = {
  save: 'A job cannot be saved as an image; build one from a Dockerfile.',
  browse:
    '`neuro port-forward JOB --open` opens the page of a job in a browser; `neuro open JOB` shows the job in the console.',
  'bump-life-span': 'The life span of a job is fixed when it is made; run another with --life-span.',
  open: '`neuro open JOB` opens the page of a job in the console; `neuro port-forward JOB 8080:PORT` leads to its port.',
};
const ofConfig: Readonly<Record<string, string>> = {
  'switch-cluster': 'A cluster is a context here: `neuro config get-contexts`, `neuro config use NAME`.',
  'get-clusters': 'A cluster is a context here: `neuro config get-contexts`.',
  'switch-project':
    'A project is a namespace here: --namespace NAME, or `kubectl config set-context --current --namespace=NAME`.',
  'switch-org': 'There are no organisations here; a namespace is chosen with --namespace.',
  fetch: 'There is nothing to fetch: the kubeconfig is read each time.',
  whoami: '`neuro config show` shows who you are and where you work.',
  login: 'There is nothing to log in to, as with kubectl: the kubeconfig has your credentials.',
  logout: 'There is nothing to log out of, as with kubectl: the kubeconfig has your credentials.',
  'show-token': 'Credentials are in your kubeconfig: `kubectl config view --minify --raw`.',
  docker: 'Log in to your registry with docker or podman.',
};
const ofAdmin: Readonly<Record<string, string>> = {
  'add-cluster-user': '`neuro admin add-user NAME` makes a home.',
  'remove-cluster-user': '`neuro admin remove-user NAME` removes a home.',
  'get-cluster-users': '`neuro admin ls-users` lists people and their homes.',
};
const ofAcl: Readonly<Record<string, string>> = {
  'list-roles': 'Roles are groups here, of your identity provider; share with group:NAME.',
  'add-role': 'Roles are groups here, of your identity provider; share with group:NAME.',
  'remove-role': 'Roles are groups here, of your identity provider; share with group:NAME.',
};

const ofSecret: Readonly<Record<string, string>> = {
  create: '`neuro secret add KEY` adds a secret.',
  set: '`neuro secret add KEY` adds a secret, or replaces its value.',
  update: '`neuro secret add KEY` replaces the value.',
  edit: '`neuro secret add KEY` replaces the value; `neuro secret get KEY` prints it.',
  new: '`neuro secret add KEY` adds a secret.',
  delete: '`neuro secret rm KEY` removes a secret.',
  remove: '`neuro secret rm KEY` removes a secret.',
  show: '`neuro secret get KEY` prints the value; `neuro secret usage KEY` shows who can use it.',
  read: '`neuro secret get KEY` prints the value.',
  view: '`neuro secret get KEY` prints the value; `neuro secret usage KEY` shows who can use it.',
  describe:
    '`neuro secret usage KEY` shows who can use a secret and which jobs do; `neuro secret ls -o wide` shows the rest.',
  info: '`neuro secret usage KEY` shows who can use a secret and which jobs do; `neuro secret ls -o wide` shows the rest.',
  export: '`neuro secret manifest` prints secrets as files for git, sealed; `neuro secret get KEY` prints one value.',
  run: '`neuro secret exec --env NAME=secret:KEY -- COMMAND` runs a command of this machine with secrets.',
  share: '`neuro share secret:KEY SUBJECT` shares a secret.',
  grant: '`neuro share secret:KEY SUBJECT` shares a secret.',
  revoke: '`neuro acl revoke secret:KEY SUBJECT` takes a grant back.',
  whoami: '`neuro config show` shows who you are and where you work.',
};

const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  secret: ofSecret,
  job: ofJobs,
  acl: ofAcl,
  config: ofConfig,
  admin: ofAdmin,
};

/** `neuro secrets delete x` is about `neuro secret`. */
const plurals: Readonly<Record<string, string>> = { secrets: 'secret', jobs: 'job' };

export function hintFor(words: readonly string[]): string | undefined {
  const [typed = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  const first = ownValue(plurals, typed) ?? typed;
  const group = ownValue(groups, second === '' ? typed : first);
  const [table, word] = group === undefined ? [hints, typed] : [group, second];
  return ownValue(table, word);
}
