/** Words of the original command that have no place here, and what to type instead. */
import { ownValue } from '../api/own-value.ts';

const hints: Readonly<Record<string, string>> = {
  login: 'There is nothing to log in to: neuro uses your kubeconfig, as kubectl does (--context, KUBECONFIG).',
  logout: 'There is nothing to log out of: neuro uses your kubeconfig, as kubectl does.',
  storage:
    'There is no storage: here; make a PersistentVolumeClaim with kubectl and mount it with --volume pvc:NAME:/path.',
  disk: 'A disk is a PersistentVolumeClaim here: `kubectl get pvc`; mount it with --volume disk:NAME:/path.',
  blob: 'There are no buckets here; keep the credentials of your own in a secret and give them to a job.',
  image: 'Images are in your registry: push with docker or podman, and name the image in `neuro run`.',
  images: 'Images are in your registry; list them there.',
  push: 'Push with docker or podman, and name the image in `neuro run`.',
  pull: 'Pull with docker or podman.',
  save: 'A job cannot be saved as an image; build one from a Dockerfile.',
  cp: 'Copy from and to a Pod with `kubectl cp`; a job’s Pod has the name of the job.',
  mv: 'There is no storage: here; look at --volume pvc:NAME:/path.',
  mkdir: 'There is no storage: here; look at --volume pvc:NAME:/path.',
  ls: 'There is no storage: here; `neuro secret ls` lists secrets and `neuro ps` jobs.',
  rm: 'There is no storage: here; `neuro secret rm KEY` removes a secret.',
  'service-account':
    'Service accounts are those of Kubernetes: `kubectl create serviceaccount`; share with serviceaccount:NAMESPACE/NAME.',
};

const ofJobs: Readonly<Record<string, string>> = {
  save: 'A job cannot be saved as an image; build one from a Dockerfile.',
  browse:
    'There is no address of a job on the web; `neuro port-forward JOB 8080:PORT`, and open http://localhost:8080.',
  'bump-life-span': 'The life span of a job is fixed when it is made; run another with --life-span.',
  open: 'There is no address of a job on the web; `neuro port-forward JOB 8080:PORT`, and open http://localhost:8080.',
};
const ofConfig: Readonly<Record<string, string>> = {
  'switch-cluster': 'A cluster is a context here: `neuro config get-contexts`, `neuro config use NAME`.',
  'get-clusters': 'A cluster is a context here: `neuro config get-contexts`.',
  'switch-project':
    'A project is a namespace here: -n NAMESPACE, or `kubectl config set-context --current --namespace=NAME`.',
  'switch-org': 'There are no organisations here; a namespace is chosen with -n.',
  fetch: 'There is nothing to fetch: the kubeconfig is read each time.',
  login: 'There is nothing to log in to: neuro uses your kubeconfig, as kubectl does.',
  logout: 'There is nothing to log out of: neuro uses your kubeconfig, as kubectl does.',
  'show-token': 'Credentials are in your kubeconfig: `kubectl config view --minify --raw`.',
  docker: 'Log in to your registry with docker or podman.',
};
const ofAdmin: Readonly<Record<string, string>> = {
  'add-cluster-user': '`neuro admin add-user NAME` makes a home.',
  'remove-cluster-user': '`neuro admin remove-user NAME`.',
  'get-cluster-users': '`neuro admin ls-users`.',
};
const ofAcl: Readonly<Record<string, string>> = {
  'list-roles': 'Roles are groups here, of your identity provider; share with group:NAME.',
  'add-role': 'Roles are groups here, of your identity provider; share with group:NAME.',
  'remove-role': 'Roles are groups here, of your identity provider; share with group:NAME.',
};

const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  job: ofJobs,
  acl: ofAcl,
  config: ofConfig,
  admin: ofAdmin,
};

export function hintFor(words: readonly string[]): string | undefined {
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  const group = ownValue(groups, first);
  const [table, word] = group === undefined ? [hints, first] : [group, second];
  return ownValue(table, word);
}
