/**
 * Lists once, then watches from there without an end: resumes by resource version after a break, lists again when the server says that
 * the version is too old (410), waits longer and longer while nobody answers.
 *
 * Promise: `onState` gets every state in order, the first page of a long list before the others are read. Ends when `signal` is aborted, or when the session has ended; a refusal is reported and
 * tried again now and then, since rights may be given. A watch that is silent for too long is offline until it is heard again.
 */
import { asClusterError, errorOf, notAnswering, type ClusterError, type Status } from './errors.ts';
import { heard } from './heard.ts';
import { jsonLines } from './json-lines.ts';
import {
  applyEvents,
  interrupted,
  listed,
  partlyListed,
  resumed,
  type LiveList,
  type WatchEvent,
} from './live-list.ts';
import type { Connection, Query } from './connection.ts';
import { pathOf, type ClusterObject, type Place, type Resource } from './object.ts';

interface ListWatchOptions<T extends ClusterObject> {
  readonly connection: Pick<Connection, 'page' | 'stream' | 'silentAfterMs'>;
  readonly resource: Resource<T>;
  readonly place: Place;
  readonly query?: Query;
  readonly signal: AbortSignal;
  /** The state as others left it: the answer of a write is put in before the watch brings it. */
  readonly state: () => LiveList<T>;
  readonly onState: (state: LiveList<T>) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pageSize = 500;
const pauseMs = 50;
const firstWaitMs = 500;
const mostWaitMs = 10_000;
/** A right that is given shows without a reload of the page; an API server that has just begun refuses at first what it let pass before. */
const firstRefusedWaitMs = 1_000;
const mostRefusedWaitMs = 30_000;
/** The server ends a watch by itself then, so that a dead watch does not pass for a silent one. */
const watchSeconds = 290;

export async function listWatch<T extends ClusterObject>(options: ListWatchOptions<T>): Promise<void> {
  const { signal, sleep, onState, state } = options;
  let version: string | undefined;
  let waitMs = firstWaitMs;
  let refusedWaitMs = firstRefusedWaitMs;
  let hasListExpired = false;
  while (!signal.aborted) {
    try {
      version ??= await list(options);
      hasListExpired = false;
      for await (const next of watch(options, version)) {
        version = next;
        waitMs = firstWaitMs;
        refusedWaitMs = firstRefusedWaitMs;
      }
      // A server that ends every watch at once must not be asked without a pause.
      await sleep(pauseMs, signal).catch(() => undefined);
    } catch (thrown) {
      if (isAborted(signal)) return;
      const error = asClusterError(thrown);
      // Too old, or refused at the beginning: listing again mends the one and tells the other. A list that is too old before its last page, twice, is reported.
      const isTooOld = error.kind === 'expired' && (version !== undefined || !hasListExpired);
      if (isTooOld || (version !== undefined && error.kind === 'invalid')) {
        hasListExpired = version === undefined;
        version = undefined;
        await sleep(pauseMs, signal).catch(() => undefined);
        continue;
      }
      onState(interrupted(state(), error));
      if (error.kind === 'sessionEnded') return;
      const isRefused = state().phase === 'refused';
      if (isRefused) version = undefined;
      await sleep(isRefused ? refusedWaitMs : waitMs, signal).catch(() => undefined);
      if (isRefused) refusedWaitMs = Math.min(refusedWaitMs * 2, mostRefusedWaitMs);
      else waitMs = Math.min(waitMs * 2, mostWaitMs);
    }
  }
}

async function list<T extends ClusterObject>(options: ListWatchOptions<T>): Promise<string> {
  const { connection, resource, place, query = {}, signal, onState, state } = options;
  const items: T[] = [];
  let token: string | undefined;
  let version: string;
  do {
    const page = await connection.page(resource, place, { ...query, limit: pageSize, continue: token }, signal);
    const kept = page.items.map(resource.keep);
    items.push(...kept);
    version = page.resourceVersion;
    token = page.continueToken;
    if (token !== undefined) onState(partlyListed(state(), kept));
  } while (token !== undefined);
  onState(listed(items, state(), version));
  return version;
}

/** Yields the version to go on from, after each group of events. */
async function* watch<T extends ClusterObject>(options: ListWatchOptions<T>, from: string): AsyncGenerator<string> {
  const { connection, resource, place, query = {}, signal, onState, state } = options;
  const body = await connection.stream(
    pathOf(resource, place),
    { ...query, watch: true, allowWatchBookmarks: true, resourceVersion: from, timeoutSeconds: watchSeconds },
    signal,
  );
  if (state().phase !== 'live') onState(resumed(state()));
  const hearing = {
    afterMs: connection.silentAfterMs,
    onSilence: () => onState(interrupted(state(), notAnswering())),
    onSound: () => onState(resumed(state())),
  };
  for await (const group of jsonLines(heard(body, hearing))) {
    const batch: WatchEvent<T>[] = [];
    let version: string | undefined;
    let failure: ClusterError | undefined;
    for (const line of group as readonly (
      WatchEvent<T> | { readonly type: 'BOOKMARK' | 'ERROR'; readonly object: T }
    )[]) {
      if (line.type === 'ERROR') {
        const status = line.object as unknown as Status;
        failure = errorOf(status.code ?? 500, status);
        break;
      }
      version = line.object.metadata.resourceVersion ?? version;
      if (line.type !== 'BOOKMARK') batch.push({ type: line.type, object: resource.keep(line.object) });
    }
    if (batch.length > 0) onState(applyEvents(state(), batch));
    if (version !== undefined) yield version;
    if (failure !== undefined) throw failure;
  }
}

/** Read again on purpose: awaiting changes it. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
