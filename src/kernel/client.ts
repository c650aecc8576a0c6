/**
 * Typed reads and writes on the API server, raw JSON in and out: no field is dropped or renamed.
 * `get` resolves with undefined for an object that does not exist. Every other failure rejects with a {@link KernelError}.
 * Caller's duty: pass the object's own `resourceVersion` or `uid` where the write must not change a newer object.
 */
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { defined } from '../defined.ts';
import { KernelError, isKernelError } from './errors.ts';
import type { KubeObject, ObjectRef } from './objects.ts';
import { apiVersionOf, pathOf, type ResourceType } from './resource-type.ts';
import type { ReviewType } from './reviews.ts';
import type { Requester, TransportRequest } from './transport-request.ts';

/** Objects in the first page of a list, and the most that a caller gets at once: processing that many takes some 30 ms of the thread. */
export const pageLimit = 500;
/**
 * The most objects in each of the pages that follow, if the objects are small. For each page the API server goes over all objects that are
 * left, at 1 µs each, so a few large pages cost less. The bound is for objects that turn out to be large: the API server builds the whole page
 * before this process can stop reading it. A watch that begins with every object needs no pages, but takes more than twice as long, because it
 * sends each object by itself (docs/scaling.md).
 */
const largestPageLimit = 10_000;
/** The size that such a page aims at: 10,000 objects of metadata, which are parsed in some 30 ms. */
const aimedPageBytes = 5 * 1024 * 1024;
/**
 * The largest page. One object may have more than 1 MiB, and 500 of those do not fit into the memory of a process. A larger page is requested
 * again with fewer objects, so that nobody's large objects can bring the process down.
 */
export const pageBytes = 8 * 1024 * 1024;

interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface WriteOptions extends ReadOptions {
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
}

export interface ListOptions extends ReadOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Only metadata is sent: `PartialObjectMetadata`. */
  readonly metadataOnly?: boolean | undefined;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface DeleteOptions extends ReadOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

interface ClientOptions {
  readonly transport: Requester;
  /** Called before every write; throws where we may not write (the lease is lost). */
  readonly beforeWrite?: (() => void) | undefined;
}

export class KubeClient {
  readonly #transport: Requester;
  readonly #beforeWrite: (() => void) | undefined;

  constructor(options: ClientOptions) {
    this.#transport = options.transport;
    this.#beforeWrite = options.beforeWrite;
  }

  async get<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: ReadOptions = {},
  ): Promise<T | undefined> {
    try {
      return (await this.#transport.request({ method: 'GET', path: pathOf(type, ref), ...common(type, options) })) as T;
    } catch (error) {
      if (isKernelError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  /** All objects in pieces, in order. Rejects with `Gone` when the continue token has expired: the caller lists again. */
  async *list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions = {}): AsyncGenerator<ListPage<T>> {
    let next: string | undefined;
    let limit = pageLimit;
    let bytes: number | undefined;
    const read = (): Promise<unknown> =>
      this.#transport.request({
        method: 'GET',
        path: pathOf(type, { namespace: options.namespace }),
        query: { ...selectorsOf(options), limit, continue: next },
        ...(options.metadataOnly === true ? { accept: metadataAccept('PartialObjectMetadataList') } : {}),
        ...(limit === 1 ? {} : { maxBytes: pageBytes }),
        onBytes: (count) => (bytes = count),
        ...common(type, options),
      });
    do {
      let answer: unknown;
      while (answer === undefined) {
        try {
          answer = await read();
        } catch (error) {
          if (!isKernelError(error, 'TooLarge')) throw error;
          limit = limit > pageLimit ? pageLimit : Math.max(1, Math.floor(limit / 4));
        }
      }
      const page = (answer ?? {}) as { items?: T[] | null; metadata?: { resourceVersion?: string; continue?: string } };
      // An empty list of metadata comes with `items: null`.
      const items = page.items ?? [];
      if (!Array.isArray(items) || page.metadata?.resourceVersion === undefined) {
        throw new KernelError('Malformed', `listing ${type.plural}: the answer is not a list`);
      }
      limit = nextLimit(limit, { objects: items.length, bytes });
      yield* inPieces(items, page.metadata.resourceVersion);
      next = page.metadata.continue === '' ? undefined : page.metadata.continue;
    } while (next !== undefined);
  }

  /** Has the API server's cache of these objects catch up with what is stored. Reads the metadata of one object at most. */
  async catchUp(type: ResourceType, options: ListOptions = {}): Promise<void> {
    await this.#transport.request({
      method: 'GET',
      path: pathOf(type, { namespace: options.namespace }),
      query: { ...selectorsOf(options), limit: 1 },
      accept: metadataAccept('PartialObjectMetadataList'),
      ...common(type, options),
    });
  }

  /** Opens a watch from `resourceVersion`; the answer is the raw stream of JSON lines. */
  watch(
    type: ResourceType,
    options: ListOptions & { readonly resourceVersion: string; readonly timeoutSeconds: number },
  ): Promise<Readable> {
    return this.#transport.stream({
      method: 'GET',
      path: pathOf(type, { namespace: options.namespace }),
      query: {
        ...selectorsOf(options),
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: options.resourceVersion,
        timeoutSeconds: options.timeoutSeconds,
      },
      ...(options.metadataOnly === true ? { accept: metadataAccept('PartialObjectMetadata') } : {}),
      ...common(type, options),
    });
  }

  create<T extends KubeObject>(
    type: ResourceType<T>,
    object: Omit<T, 'apiVersion' | 'kind'>,
    options: WriteOptions = {},
  ): Promise<T> {
    const namespace = object.metadata.namespace;
    return this.#write<T>({
      method: 'POST',
      path: pathOf(type, { namespace }),
      body: typed(type, object),
      ...written(type, options),
    });
  }

  /** Asks a review and returns the API server's answer. Nothing is stored, so it is no write: it also works without the lease. */
  async review<Spec, Status>(type: ReviewType<Spec, Status>, spec: Spec, options: ReadOptions = {}): Promise<Status> {
    const path = pathOf(type);
    const answer = await this.#transport.request({
      method: 'POST',
      path,
      body: { apiVersion: apiVersionOf(type), kind: type.kind, spec },
      ...common(type, options),
    });
    const { status } = answer as { readonly status?: Status };
    if (status === undefined) throw new KernelError('Malformed', `POST ${path}: expected a ${type.kind} with a status`);
    return status;
  }

  /** Server-side apply: we own the fields that `object` has, and no others. */
  apply<T extends KubeObject>(
    type: ResourceType<T>,
    object: Omit<T, 'apiVersion' | 'kind'>,
    options: WriteOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<T> {
    const request = written(type, options);
    return this.#write<T>({
      method: 'PATCH',
      path: pathOf(type, object.metadata),
      contentType: 'application/apply-patch+yaml',
      body: typed(type, object),
      ...request,
      query: { ...request.query, force: options.force ?? true },
    });
  }

  replace<T extends KubeObject>(
    type: ResourceType<T>,
    object: Omit<T, 'apiVersion' | 'kind'>,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#write<T>({
      method: 'PUT',
      path: pathOf(type, object.metadata),
      body: typed(type, object),
      ...written(type, options),
    });
  }

  /** JSON merge patch (RFC 7386): null removes a field. A `metadata.resourceVersion` in it is a precondition. */
  patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: unknown,
    options: WriteOptions & { readonly subresource?: 'status' } = {},
  ): Promise<T> {
    const target = options.subresource === undefined ? ref : { ...ref, subresource: options.subresource };
    return this.#write<T>({
      method: 'PATCH',
      path: pathOf(type, target),
      contentType: 'application/merge-patch+json',
      body: patch,
      ...written(type, options),
    });
  }

  /** Resolves with true if the object was there, and with false if it was gone already. Rejects with `Conflict` if a precondition fails. */
  async delete(type: ResourceType, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    return (await this.remove(type, ref, options)) !== 'absent';
  }

  /**
   * Deletes the object. Resolves with `gone`; with `absent` if it was gone already; or with the object itself, if a finalizer or its grace
   * period keeps it for now. Rejects with `Conflict` if a precondition fails.
   */
  async remove<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: DeleteOptions = {},
  ): Promise<T | 'gone' | 'absent'> {
    const { uid, resourceVersion, propagationPolicy } = options;
    const preconditions = defined({ uid, resourceVersion });
    try {
      const answer = await this.#write<T & { readonly kind?: string }>({
        method: 'DELETE',
        path: pathOf(type, ref),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy: propagationPolicy ?? 'Background',
          ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
        },
        ...common(type, options),
      });
      return answer.kind !== 'Status' && isKept(answer) ? answer : 'gone';
    } catch (error) {
      if (isKernelError(error, 'NotFound')) return 'absent';
      throw error;
    }
  }

  async #write<T>(request: TransportRequest): Promise<T> {
    this.#beforeWrite?.();
    return (await this.#transport.request(request)) as T;
  }
}

/**
 * Whether the object that a deletion returns is still there. Pods are returned even when they are gone: one without a node, or whose containers
 * have ended, gets no grace period.
 */
function isKept({ metadata }: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers = [] } = metadata;
  return deletionTimestamp !== undefined && (deletionGracePeriodSeconds !== 0 || finalizers.length > 0);
}

/** How many objects the next page may have, after a page of `bytes`. Pages stay small if the transport does not report bytes. */
function nextLimit(
  limit: number,
  { objects, bytes }: { readonly objects: number; readonly bytes: number | undefined },
): number {
  const twice = limit * 2;
  if (limit < pageLimit || bytes === undefined) return Math.min(pageLimit, twice);
  const fitting = Math.floor((aimedPageBytes * objects) / bytes);
  return Math.max(pageLimit, Math.min(largestPageLimit, twice, fitting));
}

async function* inPieces<T>(items: readonly T[], resourceVersion: string): AsyncGenerator<ListPage<T>> {
  yield { items: items.slice(0, pageLimit), resourceVersion };
  for (let at = pageLimit; at < items.length; at += pageLimit) {
    await turn();
    yield { items: items.slice(at, at + pageLimit), resourceVersion };
  }
}

function common(type: ResourceType, options: ReadOptions): Pick<TransportRequest, 'signal' | 'confidential'> {
  return { signal: options.signal, confidential: type.confidential };
}

function written(
  type: ResourceType,
  options: WriteOptions,
): Pick<TransportRequest, 'signal' | 'confidential' | 'query'> {
  return {
    ...common(type, options),
    query: { fieldManager: options.fieldManager, dryRun: options.dryRun === true ? 'All' : undefined },
  };
}

function typed<T extends object>(type: ResourceType, object: T): T & { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(type), kind: type.kind, ...object };
}

function selectorsOf(options: ListOptions): Record<string, string | undefined> {
  return { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
}

function metadataAccept(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`;
}
