/**
 * An error of the API server in words: what was wanted of what, why not, and what to do. Pure.
 *
 * The message of a KernelError is `METHOD PATH: STATUS TEXT`; for confidential objects its text holds no value (see the kernel).
 */
import type { KernelError } from '../kernel/index.ts';
import type { ExitReason } from './exit-codes.ts';

interface ApiSentence {
  readonly reason: ExitReason;
  readonly sentence: string;
}

interface Request {
  /** `list`, `create`, … */
  readonly verb: string;
  /** `secrets`, `the secret 'token'`, `the output of the Pod 'train'`. */
  readonly what: string;
  /** `secrets`. */
  readonly kinds: string;
  readonly namespace: string | undefined;
  readonly group: string;
  /** The API server's own sentence, where it may be shown. */
  readonly said: string;
}

/** One of them and many of them. */
const words: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['usersecrets', ['secret', 'secrets']],
  ['secretgrants', ['grant', 'grants']],
  ['neurojobs', ['job', 'jobs']],
  ['neuroschedules', ['schedule', 'schedules']],
  ['secrets', ['Secret', 'Secrets']],
  ['configmaps', ['ConfigMap', 'ConfigMaps']],
  ['pods', ['Pod', 'Pods']],
  ['namespaces', ['namespace', 'namespaces']],
  ['serviceaccounts', ['service account', 'service accounts']],
  ['priorityclasses', ['PriorityClass', 'PriorityClasses']],
  ['rolebindings', ['RoleBinding', 'RoleBindings']],
  ['roles', ['Role', 'Roles']],
  ['persistentvolumeclaims', ['PersistentVolumeClaim', 'PersistentVolumeClaims']],
  ['selfsubjectreviews', ['review of who you are', 'reviews of who you are']],
  ['selfsubjectaccessreviews', ['review of what you can do', 'reviews of what you can do']],
  ['sealedsecrets', ['SealedSecret', 'SealedSecrets']],
  ['certificatesigningrequests', ['certificate request', 'certificate requests']],
]);
const unknownSentence =
  'The API server does not know who you are: the kubeconfig gives no credentials that it accepts; log in again, or choose another context with --context.';
/** Pods of metrics-server: the right to them is another one than that to Pods. */
const measurements = ['measurement of a Pod', 'measurements of Pods (pods.metrics.k8s.io)'] as const;
const subresources: ReadonlyMap<string, string> = new Map([
  ['log', 'read the output of'],
  ['exec', 'run commands in'],
  ['attach', 'attach to'],
  ['portforward', 'forward ports of'],
]);
const verbs: ReadonlyMap<string, string> = new Map([
  ['POST', 'create'],
  ['PATCH', 'change'],
  ['PUT', 'change'],
  ['DELETE', 'delete'],
]);
/** RBAC says no; any other text of a 403 is that of an admission policy, a webhook or a quota. */
const RBAC = /^$|^\S+ is forbidden: User .* cannot |cannot (get|list|create|update|patch|delete|watch) resource/;

/** Undefined where the message is no answer to a request for an object. */
export function apiSentence({ code, message }: KernelError): ApiSentence | undefined {
  const request = requestIn(message);
  if (request === undefined) return undefined;
  const { verb, what, namespace, said } = request;
  const where = namespace === undefined ? '' : ` in the namespace '${namespace}'`;
  switch (code) {
    case 'Forbidden':
      if (said.includes('User "system:anonymous"')) return { reason: 'notPermitted', sentence: unknownSentence };
      if (!RBAC.test(said))
        return {
          reason: 'notPermitted',
          sentence: `The cluster does not let you ${verb} ${what}${where}: ${closed(said)}`,
        };
      return {
        reason: 'notPermitted',
        sentence: `Not enough permissions to ${verb} ${what}${where}: ${whomToAsk(namespace)} \`neuro doctor\` shows what you can do.`,
      };
    case 'NotFound':
      return { reason: 'notFound', sentence: missingSentence(request, where) };
    case 'Invalid':
    case 'BadRequest':
      return {
        reason: 'illegalArgument',
        sentence: `The API server refuses to ${verb} ${what}${where}: ${closed(said)}`,
      };
    case 'AlreadyExists':
      return {
        reason: 'illegalArgument',
        sentence: `There is one of that name already: ${closed(said === '' ? `${what}${where}` : said)}`,
      };
    case 'Conflict':
      return {
        reason: 'other',
        sentence: `Somebody else has just changed ${what}${where}; nothing was written. Try again.`,
      };
    default:
      return undefined;
  }
}

/** `--namespace`, since `-n` is the name of the job in `neuro run`. */
function whomToAsk(namespace: string | undefined): string {
  return namespace === undefined
    ? 'ask an administrator of the cluster.'
    : `ask an administrator of '${namespace}', or choose another namespace with --namespace.`;
}

function missingSentence({ verb, what, kinds, group, said }: Request, where: string): string {
  const [, missing] = /^namespaces? "(.*)" not found/.exec(said) ?? [];
  if (missing !== undefined) return `The namespace '${missing}' does not exist; choose another with --namespace.`;
  if (verb !== 'list' && verb !== 'create') return `${capital(what)}${where} does not exist any more.`;
  return group === 'neu.ro'
    ? `This cluster knows no ${kinds}: the operator's resources (${group}) are not installed. \`neuro doctor\` shows what is missing.`
    : `This cluster knows no ${kinds}${group === '' ? '' : ` (${group})`}.`;
}

function requestIn(message: string): Request | undefined {
  const [, method = '', path, text = ''] = /^([A-Z]+) (\/apis?\/\S+): \d{3} ?(.*)$/s.exec(message) ?? [];
  if (path === undefined) return undefined;
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  const group = segments[0] === 'api' ? '' : (segments[1] ?? '');
  const rest = segments.slice(segments[0] === 'api' ? 2 : 3);
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest[1] : undefined;
  const [plural = '', name, subresource] = namespace === undefined ? rest : rest.slice(2);
  const [one, many] = group === 'metrics.k8s.io' ? measurements : (words.get(plural) ?? [plural, plural]);
  const what = name === undefined ? (method === 'POST' ? `${article(one)} ${one}` : many) : `the ${one} '${name}'`;
  const verb = subresources.get(subresource ?? '') ?? verbs.get(method) ?? (name === undefined ? 'list' : 'read');
  // For a confidential object the text is only the reason, and the parts of the message that can be quoted.
  const said = text.replace(/^(Forbidden|Invalid|NotFound|BadRequest|AlreadyExists|Conflict)\b ?/, '');
  return { verb, what, kinds: many, namespace, group, said };
}

function article(word: string): string {
  return /^[aeiou]/i.test(word) ? 'an' : 'a';
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function closed(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' ? 'it gives no reason.' : /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
