/** Words of the original command that have no place here, and what to type instead. */
const hints: Readonly<Record<string, string>> = {
  login: 'There is nothing to log in to: neuro uses your kubeconfig, as kubectl does (--context, KUBECONFIG).',
  logout: 'There is nothing to log out of: neuro uses your kubeconfig, as kubectl does.',
  config: 'The configuration is your kubeconfig: `kubectl config get-contexts`, `kubectl config use-context NAME`.',
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
  exec: 'Run `kubectl exec -it JOB -- COMMAND`: the Pod of a job has its name.',
  attach: 'Run `neuro logs JOB`, or `kubectl attach -it JOB`: the Pod of a job has its name.',
  'port-forward': 'Run `kubectl port-forward pod/JOB LOCAL:REMOTE`: the Pod of a job has its name.',
  top: 'Run `kubectl top pod JOB`: the Pod of a job has its name.',
};

const ofJobs = new Set(['exec', 'attach', 'port-forward', 'top', 'save']);
const ofAcl: Readonly<Record<string, string>> = {
  'list-roles': 'Roles are groups here, of your identity provider; share with group:NAME.',
  'add-role': 'Roles are groups here, of your identity provider; share with group:NAME.',
  'remove-role': 'Roles are groups here, of your identity provider; share with group:NAME.',
};

export function hintFor(words: readonly string[]): string | undefined {
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  if (first === 'job' && ofJobs.has(second)) return hints[second];
  if (first === 'acl') return ofAcl[second];
  return Object.hasOwn(hints, first) ? hints[first] : undefined;
}
