/**
 * Which requests are forwarded to the API server: those that the console makes, and no others. Pure.
 *
 * Promise: what is forwarded is built from names that were recognised, so no trick in the text of an address (encoded slashes, `..`,
 * double slashes, fragments, unknown parameters) reaches the API server. Not promised: that the user may do it; RBAC says that.
 */
import { GROUP, KINDS, VERSION } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import type { ResourceAttributes } from '../../../kernel/index.ts';
import { paths } from '../../contract.ts';
import { ConsoleError } from '../errors.ts';

export interface ForwardedTarget {
  readonly context: string;
  /** Path for the API server, from `/api` or `/apis`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** `watch` and `log` stay open; `terminal` is an exec or attach, and only by WebSocket. */
  readonly kind: 'plain' | 'watch' | 'log' | 'terminal';
  readonly attributes: ResourceAttributes;
}

type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';

interface Rule {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** The verbs on collections (`list`, `create`) and on objects; a list may also be watched. */
  readonly verbs: readonly Verb[];
  readonly subresources?: readonly string[];
}

const everything: readonly Verb[] = ['get', 'list', 'create', 'update', 'patch', 'delete'];
const core = { group: '', version: 'v1', namespaced: true } as const;

const rules: readonly Rule[] = [
  // The three kinds: all that RBAC lets the user do. Their status is read as a part of them.
  ...Object.values(KINDS).map(({ plural }) => ({
    group: GROUP,
    version: VERSION,
    resource: plural,
    namespaced: true,
    verbs: everything,
  })),
  // Reveal: one value, by name. Never a list of them.
  { ...core, resource: 'secrets', verbs: ['get'] },
  // A job's Pod: where it is, its output, a terminal in it.
  { ...core, resource: 'pods', verbs: ['get', 'list'], subresources: ['log', 'exec', 'attach'] },
  // What a job uses, as metrics-server measures it.
  { group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods', namespaced: true, verbs: ['get'] },
  // What is shared with me, the sealing keys, the widgets; and what the run dialog offers as volumes.
  { ...core, resource: 'configmaps', verbs: ['get', 'list'] },
  { ...core, resource: 'persistentvolumeclaims', verbs: ['list'] },
  // The dialog to share a secret offers these.
  { ...core, resource: 'serviceaccounts', verbs: ['list'] },
  { ...core, resource: 'namespaces', namespaced: false, verbs: ['get', 'list'] },
  { ...core, resource: 'events', verbs: ['list'] },
  { group: 'events.k8s.io', version: 'v1', resource: 'events', namespaced: true, verbs: ['list'] },
  // The administration: whether the operator runs (by name, never a list), and which quotas are used up.
  { group: 'apps', version: 'v1', resource: 'deployments', namespaced: true, verbs: ['get'] },
  { group: 'coordination.k8s.io', version: 'v1', resource: 'leases', namespaced: true, verbs: ['get'] },
  { ...core, resource: 'resourcequotas', verbs: ['list'] },
  // Who am I, and what may I do.
  ...['selfsubjectaccessreviews', 'selfsubjectrulesreviews'].map((resource) => ({
    group: 'authorization.k8s.io',
    version: 'v1',
    resource,
    namespaced: false,
    verbs: ['create'] as const,
  })),
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    resource: 'selfsubjectreviews',
    namespaced: false,
    verbs: ['create'],
  },
];

/** Parameters that the console uses; an unknown one is refused, since nobody has thought about what it does. */
const knownParameters = new Set(
  (
    'allowWatchBookmarks continue dryRun fieldManager fieldSelector fieldValidation force gracePeriodSeconds labelSelector limit ' +
    'propagationPolicy resourceVersion resourceVersionMatch sendInitialEvents timeoutSeconds watch ' +
    'container follow limitBytes previous sinceSeconds sinceTime tailLines timestamps command stderr stdin stdout tty'
  ).split(' '),
);

/** Names of objects and namespaces of these kinds, by the rules of Kubernetes. None of them needs percent-encoding. */
const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const longestPath = 8_192;

export function isObjectName(text: unknown): text is string {
  return typeof text === 'string' && objectName.test(text);
}

/** `target` is the request's, as it came. Throws a `ConsoleError` where it is not forwarded. */
export function forwardedTarget(method: string, target: string): ForwardedTarget {
  const [path = '', ...queryParts] = target.split('?');
  if (target.length > longestPath || target.includes('#')) throw malformed('shorter than 8 KiB and without a fragment');
  const [empty, proxy, contextSegment, ...segments] = path.split('/');
  if (empty !== '' || `/${proxy ?? ''}` !== paths.proxy || contextSegment === undefined) throw notForwarded();
  const place = placeOf(segments);
  const query = new URLSearchParams(queryParts.join('?'));
  for (const name of query.keys()) {
    if (!knownParameters.has(name)) throw malformed(`without the parameter '${printable(name)}'`);
  }
  const { verb, kind } = requestOf(method, place, query);
  const selected = /^metadata\.name=([-a-z0-9.]+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  const name = place.name ?? selected;
  return {
    context: decodedContext(contextSegment),
    path: `/${segments.join('/')}`,
    query,
    kind,
    attributes: {
      verb,
      group: place.rule.group,
      resource: place.rule.resource,
      ...defined({ subresource: place.subresource, namespace: place.namespace, name }),
    },
  };
}

interface PlaceInApi {
  readonly rule: Rule;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

function placeOf(segments: readonly string[]): PlaceInApi {
  const [root, ...rest] = segments;
  const [group, version, ...inGroup] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  const isInNamespace = inGroup[0] === 'namespaces' && inGroup.length > 2;
  const namespace = isInNamespace ? inGroup[1] : undefined;
  const [resource, name, subresource, ...more] = isInNamespace ? inGroup.slice(2) : inGroup;
  const rule = rules.find(
    (one) =>
      one.group === group && one.version === version && one.resource === resource && (one.namespaced || !isInNamespace),
  );
  const names = [namespace, name].filter((text) => text !== undefined);
  if (rule === undefined || more.length > 0 || !names.every((text) => objectName.test(text))) throw notForwarded();
  // An object of a namespaced kind has a namespace; a collection may be asked for over all of them.
  if (rule.namespaced && name !== undefined && namespace === undefined) throw notForwarded();
  if (subresource !== undefined && rule.subresources?.includes(subresource) !== true) throw notForwarded();
  return {
    rule,
    ...defined({ namespace, name, subresource }),
  };
}

function requestOf(
  method: string,
  { rule, name, subresource }: PlaceInApi,
  query: URLSearchParams,
): { readonly verb: string; readonly kind: ForwardedTarget['kind'] } {
  if (subresource === 'log') {
    if (method !== 'GET') throw notForwarded();
    return { verb: 'get', kind: isTrue(query.get('follow')) ? 'log' : 'plain' };
  }
  if (subresource !== undefined) {
    // The verb is always `create`: some versions of the API server also accept `get`, which must not be enough to run a command.
    if (method !== 'GET') throw notForwarded();
    return { verb: 'create', kind: 'terminal' };
  }
  const verb = verbOf(method, name !== undefined);
  if (verb === undefined || !rule.verbs.includes(verb)) throw notForwarded();
  const isWatch = verb === 'list' && isTrue(query.get('watch'));
  if (query.has('watch') && verb !== 'list') throw malformed('a watch only on a collection');
  return isWatch ? { verb: 'watch', kind: 'watch' } : { verb, kind: 'plain' };
}

function verbOf(method: string, hasName: boolean): Verb | undefined {
  switch (method) {
    case 'GET':
      return hasName ? 'get' : 'list';
    case 'POST':
      return hasName ? undefined : 'create';
    case 'PUT':
      return hasName ? 'update' : undefined;
    case 'PATCH':
      return hasName ? 'patch' : undefined;
    case 'DELETE':
      return hasName ? 'delete' : undefined;
    default:
      return undefined;
  }
}

/** Whether a flag of a query is set, as the API server reads it: present and not false. */
function isTrue(text: string | null): boolean {
  return text !== null && !['false', '0'].includes(text.toLowerCase());
}

function decodedContext(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw malformed('with a context whose percent-encoding can be read');
  }
}

function printable(text: string): string {
  return text.slice(0, 40).replace(/[^A-Za-z0-9._-]/g, '?');
}

function malformed(expected: string): ConsoleError {
  return new ConsoleError('MalformedRequest', `The address of a forwarded request has to be ${expected}.`);
}

function notForwarded(): ConsoleError {
  return new ConsoleError(
    'PathNotForwarded',
    'The console forwards only what its own pages need, and not this path and method: use kubectl for it.',
  );
}
