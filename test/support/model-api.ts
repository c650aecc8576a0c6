/**
 * What an API server does with objects, without HTTP: names and versions, lists in pages of one moment, watches from a
 * version on, preconditions, compaction. No validation, no admission, no garbage collection; of field management only the
 * names of the managers (apply merges).
 */
import { randomUUID } from 'node:crypto';
import { pathOf, type KubeObject, type ObjectRef, type ResourceType } from '../../src/kernel/index.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly metadataOnly?: boolean;
}

export interface ModelEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

interface ModelWatch {
  /** What has happened since the version that was asked for. */
  readonly backlog: readonly ModelEvent[];
  /** Calls `listener` for what comes; the answer ends it. */
  follow(listener: (event: ModelEvent) => void): () => void;
}

export type ApiAnswer = { readonly status: number; readonly body: unknown } | { readonly watch: ModelWatch };

interface Collection {
  readonly objects: Map<string, Stored>;
  readonly history: { readonly version: number; readonly change: Change }[];
  readonly followers: Set<{ readonly accepts: Filter; readonly tell: (event: ModelEvent) => void }>;
}

interface Change {
  readonly event: ModelEvent;
  /** What the object was before; undefined where it is new. */
  readonly former: Stored | undefined;
}

type Stored = KubeObject & Record<string, unknown>;
type Filter = (object: KubeObject) => boolean;

export class ModelApi {
  readonly #collections = new Map<string, Collection>();
  /** Pages of lists that are under way: the rest of the moment in which they began. */
  readonly #continued = new Map<string, { readonly version: number; readonly rest: readonly Stored[] }>();
  readonly #newUid: () => string;
  #version = 100;
  #compactedTo = 0;

  constructor(newUid: () => string = randomUUID) {
    this.#newUid = newUid;
  }

  get resourceVersion(): string {
    return String(this.#version);
  }

  /** Creates or replaces, as some other client would. */
  put(type: ResourceType, object: KubeObject & Record<string, unknown>): KubeObject {
    const collection = this.#collection(pathOf(type));
    const { namespace, name } = object.metadata;
    const former = collection.objects.get(key({ namespace, name }));
    return this.#store(collection, former, JSON.parse(JSON.stringify(object)) as Stored);
  }

  remove(type: ResourceType, ref: ObjectRef): void {
    const collection = this.#collection(pathOf(type));
    const stored = collection.objects.get(key(ref));
    if (stored !== undefined) this.#delete(collection, stored);
  }

  get(type: ResourceType, ref: ObjectRef): (KubeObject & Record<string, unknown>) | undefined {
    return this.#collection(pathOf(type)).objects.get(key(ref));
  }

  all(type: ResourceType): readonly (KubeObject & Record<string, unknown>)[] {
    return [...this.#collection(pathOf(type)).objects.values()];
  }

  /** Forgets history: a watch from before now, and a list under way, are answered 410. */
  compact(): void {
    this.#version += 1;
    this.#compactedTo = this.#version;
    this.#continued.clear();
    for (const { history } of this.#collections.values()) history.length = 0;
  }

  /** Tells every watch the version of now. */
  bookmark(): void {
    this.#version += 1;
    const object = { metadata: { name: '', resourceVersion: this.resourceVersion } };
    for (const { followers } of this.#collections.values()) {
      for (const { tell } of followers) tell({ type: 'BOOKMARK', object });
    }
  }

  /** Keeps parts of the body: it is the model's own. */
  handle(request: ApiRequest): ApiAnswer {
    const { collection: path, namespace, name } = parsePath(request.path);
    const collection = this.#collection(path);
    if (name === undefined) {
      if (request.method === 'POST') return this.#create(collection, request, namespace);
      const accepts = filterOf(request, namespace);
      if (request.query['watch'] === 'true') return this.#watch(collection, request, accepts);
      return this.#list(collection, request, accepts);
    }
    const stored = collection.objects.get(key({ namespace, name }));
    if (stored === undefined) return failure(404, 'NotFound', `"${name}" not found`);
    switch (request.method) {
      case 'GET':
        return { status: 200, body: request.metadataOnly === true ? metadataOf(stored) : stored };
      case 'PUT':
        return this.#change(collection, stored, request, request.body as Stored);
      case 'PATCH':
        return this.#change(collection, stored, request, merge(stored, request.body) as Stored);
      case 'DELETE':
        return this.#remove(collection, stored, request.body);
      default:
        return failure(405, 'MethodNotAllowed', request.method);
    }
  }

  #create(collection: Collection, request: ApiRequest, namespace: string | undefined): ApiAnswer {
    const body = managedBy(request, request.body as Stored);
    const { name } = body.metadata;
    if (collection.objects.has(key({ namespace, name })))
      return failure(409, 'AlreadyExists', `"${name}" already exists`);
    const inNamespace = namespace === undefined ? {} : { namespace };
    return {
      status: 201,
      body: this.#keep(request, collection, undefined, { ...body, metadata: { ...body.metadata, ...inNamespace } }),
    };
  }

  #change(collection: Collection, stored: Stored, request: ApiRequest, after: Stored): ApiAnswer {
    const sent = request.body as { readonly metadata?: Partial<KubeObject['metadata']> };
    const { uid = stored.metadata.uid, resourceVersion = stored.metadata.resourceVersion } = sent.metadata ?? {};
    if (uid !== stored.metadata.uid || resourceVersion !== stored.metadata.resourceVersion) {
      return failure(409, 'Conflict', 'the object has been modified');
    }
    return { status: 200, body: this.#keep(request, collection, stored, managedBy(request, after)) };
  }

  /** A dry run answers as if it had stored the object. */
  #keep({ query }: ApiRequest, collection: Collection, former: Stored | undefined, after: Stored): KubeObject {
    return query['dryRun'] === 'All' ? after : this.#store(collection, former, after);
  }

  #remove(collection: Collection, stored: Stored, body: unknown): ApiAnswer {
    const { preconditions } = (body ?? {}) as { preconditions?: { uid?: string; resourceVersion?: string } };
    const { uid, resourceVersion } = preconditions ?? {};
    const holds =
      (uid === undefined || uid === stored.metadata.uid) &&
      (resourceVersion === undefined || resourceVersion === stored.metadata.resourceVersion);
    if (!holds) return failure(409, 'Conflict', 'the precondition does not hold');
    if ((stored.metadata.finalizers ?? []).length > 0) {
      const { deletionTimestamp = '2026-01-01T00:00:00Z' } = stored.metadata;
      return {
        status: 200,
        body: this.#store(collection, stored, { ...stored, metadata: { ...stored.metadata, deletionTimestamp } }),
      };
    }
    const deleted = this.#delete(collection, stored);
    // The API server returns a deleted Pod, which looks like one that waits for its end.
    const isReturned = stored['kind'] === 'Pod';
    const metadata = { ...deleted.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 };
    return { status: 200, body: isReturned ? { ...deleted, metadata } : { kind: 'Status', status: 'Success' } };
  }

  #list(collection: Collection, request: ApiRequest, accepts: Filter): ApiAnswer {
    const token = request.query['continue'];
    const began = token === undefined ? undefined : this.#continued.get(token);
    if (token !== undefined && began === undefined) return failure(410, 'Expired', 'the continue token has expired');
    const version = began?.version ?? this.#version;
    const objects = began?.rest ?? [...collection.objects.values()].filter(accepts).sort(byKey);
    const limit = Number(request.query['limit'] ?? objects.length);
    const rest = objects.slice(limit);
    const next = rest.length === 0 ? undefined : `after-${String(this.#continued.size)}-${this.#newUid()}`;
    if (next !== undefined) this.#continued.set(next, { version, rest });
    const items = objects.slice(0, limit);
    return {
      status: 200,
      body: {
        kind: 'List',
        metadata: { resourceVersion: String(version), ...(next === undefined ? {} : { continue: next }) },
        items: request.metadataOnly === true ? items.map(metadataOf) : items,
      },
    };
  }

  #watch(collection: Collection, request: ApiRequest, accepts: Filter): ApiAnswer {
    const from = Number(request.query['resourceVersion']);
    if (from < this.#compactedTo) return failure(410, 'Expired', `too old resource version: ${String(from)}`);
    const metadataOnly = request.metadataOnly === true;
    const shown = (event: ModelEvent): ModelEvent =>
      metadataOnly ? { type: event.type, object: metadataOf(event.object) } : event;
    const backlog = collection.history
      .filter(({ version }) => version > from)
      .flatMap(({ change }) => eventFor(accepts, change) ?? [])
      .map(shown);
    return {
      watch: {
        backlog,
        follow(listener) {
          const follower = { accepts, tell: (event: ModelEvent) => listener(shown(event)) };
          collection.followers.add(follower);
          return () => collection.followers.delete(follower);
        },
      },
    };
  }

  #store(collection: Collection, former: Stored | undefined, after: Stored): KubeObject {
    this.#version += 1;
    const stored: Stored = {
      ...after,
      metadata: {
        ...after.metadata,
        uid: former?.metadata.uid ?? this.#newUid(),
        resourceVersion: this.resourceVersion,
      },
    };
    collection.objects.set(key(stored.metadata), stored);
    this.#tell(collection, { event: { type: former === undefined ? 'ADDED' : 'MODIFIED', object: stored }, former });
    return stored;
  }

  #delete(collection: Collection, stored: Stored): Stored {
    this.#version += 1;
    collection.objects.delete(key(stored.metadata));
    const object = { ...stored, metadata: { ...stored.metadata, resourceVersion: this.resourceVersion } };
    this.#tell(collection, { event: { type: 'DELETED', object }, former: stored });
    return object;
  }

  #tell(collection: Collection, change: Change): void {
    collection.history.push({ version: this.#version, change });
    for (const { accepts, tell } of collection.followers) {
      const event = eventFor(accepts, change);
      if (event !== undefined) tell(event);
    }
  }

  #collection(path: string): Collection {
    const existing = this.#collections.get(path);
    if (existing !== undefined) return existing;
    const collection: Collection = { objects: new Map(), history: [], followers: new Set() };
    this.#collections.set(path, collection);
    return collection;
  }
}

/** Large objects pass here: an event and the answer to its request have one text. */
let last: { readonly object: unknown; readonly text: string } | undefined;

/** How an object goes over the wire. Nobody changes it in place. */
export function wireText(object: unknown): string {
  const text = last !== undefined && last.object === object ? last.text : JSON.stringify(object);
  last = { object, text };
  return text;
}

/** One line of a watch. */
export function eventLine({ type, object }: ModelEvent): string {
  return `{"type":"${type}","object":${wireText(object)}}\n`;
}

/** The answer of a failed request: a Status. */
export function failure(
  code: number,
  reason: string,
  message: string,
): { readonly status: number; readonly body: unknown } {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message } };
}

function parsePath(path: string): { collection: string; namespace?: string; name?: string } {
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  const group = segments.splice(0, segments[0] === 'api' ? 2 : 3);
  const namespace = segments[0] === 'namespaces' && segments.length > 2 ? segments.splice(0, 2)[1] : undefined;
  const [plural = '', name] = segments;
  return {
    collection: `/${[...group, plural].join('/')}`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** What a watch with that filter hears of a change: an object that does not match any more is gone for it. */
function eventFor(accepts: Filter, { event, former }: Change): ModelEvent | undefined {
  const [was, is] = [former !== undefined && accepts(former), accepts(event.object)];
  if (event.type === 'DELETED') return was ? event : undefined;
  if (was && !is) return { type: 'DELETED', object: event.object };
  return is ? { ...event, type: was ? 'MODIFIED' : 'ADDED' } : undefined;
}

/** The writer's name among the managers of the object's fields. */
function managedBy({ query }: ApiRequest, object: Stored): Stored {
  const manager = query['fieldManager'] ?? 'somebody';
  const { managedFields = [] } = object.metadata as { managedFields?: readonly { readonly manager: string }[] };
  const others = managedFields.filter((entry) => entry.manager !== manager);
  return { ...object, metadata: { ...object.metadata, managedFields: [...others, { manager }] } };
}

/** Namespace, and labels and fields by equality. */
function filterOf(request: ApiRequest, namespace: string | undefined): Filter {
  const termsOf = (selector: string | undefined): readonly string[] =>
    (selector ?? '').split(',').filter((term) => term !== '');
  const labels = termsOf(request.query['labelSelector']);
  const fields = termsOf(request.query['fieldSelector']);
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    labels.every((term) => {
      const [, label = '', negation, value] = /^([^!=]+)(?:(!?)=(.*))?$/.exec(term) ?? [];
      const found = object.metadata.labels?.[label];
      if (value === undefined) return found !== undefined;
      return (found === value) === (negation === '');
    }) &&
    fields.every((term) => {
      const [path = '', value] = term.split('=');
      return path.split('.').reduce<unknown>(memberOf, object) === value;
    });
}

function memberOf(parent: unknown, name: string): unknown {
  return (parent as Readonly<Record<string, unknown>> | undefined)?.[name];
}

function merge(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const former: Readonly<Record<string, unknown>> =
    typeof before === 'object' && before !== null && !Array.isArray(before) ? { ...before } : {};
  const kept = Object.entries(former).filter(([name]) => !Object.hasOwn(patch, name));
  const set = Object.entries(patch).filter(([, value]) => value !== null);
  return Object.fromEntries([...kept, ...set.map(([name, value]) => [name, merge(former[name], value)] as const)]);
}

function metadataOf({ metadata }: KubeObject): KubeObject {
  return { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata };
}

function key({ namespace, name }: { readonly namespace?: string | undefined; readonly name: string }): string {
  return `${namespace ?? ''}/${name}`;
}

function byKey(a: Stored, b: Stored): number {
  return key(a.metadata) < key(b.metadata) ? -1 : 1;
}
