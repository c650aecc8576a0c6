/** What happened with a secret, in one order: from its status, its grants, events and jobs. Pure; never a value. */
import { formatSubject, type NeuroJob, type SecretGrant, type UserSecret } from '../api/index.ts';
import { defined } from '../defined.ts';
import { logWords, type LogWords } from './log-words.ts';
import { versionsOf } from './secret-versions.ts';

export interface LogEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly kind: 'change' | 'grant' | 'use' | 'event';
  /** A sentence. */
  readonly what: string;
  readonly who?: string;
  readonly version?: string;
}

/** What of an event is read. */
export interface LoggedEvent {
  readonly reason?: string;
  readonly note?: string;
  readonly eventTime?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
}

export interface LogSources {
  readonly secret: UserSecret;
  /** Over this secret, and over all of the namespace. */
  readonly grants: readonly SecretGrant[];
  /** Jobs of the namespace. */
  readonly jobs: readonly NeuroJob[];
  /** Regarding the UserSecret. */
  readonly events: readonly LoggedEvent[];
}

/** The newest first. Of two sources that tell the same use, one entry. */
export function secretLog(
  { secret, grants, jobs, events }: LogSources,
  now: Date,
  words: LogWords = logWords,
): readonly LogEntry[] {
  const entries = [
    ...changes(secret, words),
    ...grants.flatMap((grant) => grantEntries(grant, now, words)),
    ...uses(secret, jobs, words),
    ...events.flatMap((event) => eventEntry(event, words)),
  ];
  return entries.sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
}

function changes(secret: UserSecret, words: LogWords): readonly LogEntry[] {
  const created = secret.metadata.creationTimestamp;
  const sets = versionsOf(secret).flatMap(({ since, version, user, manager }): readonly LogEntry[] =>
    since === undefined
      ? []
      : [{ time: since, kind: 'change', what: words.set, version, ...defined({ who: user ?? manager }) }],
  );
  return created === undefined ? sets : [...sets, { time: created, kind: 'change', what: words.created }];
}

function grantEntries({ metadata, spec }: SecretGrant, now: Date, words: LogWords): readonly LogEntry[] {
  const { expiresAt, grantedBy, access = 'read', subject } = spec;
  const to =
    spec.secret === undefined
      ? words.accessToAll(access, formatSubject(subject))
      : words.access(access, formatSubject(subject));
  const granted = expiresAt === undefined ? words.granted(to) : words.grantedUntil(to, expiresAt);
  const who = grantedBy === undefined ? undefined : formatSubject(grantedBy);
  const made: readonly LogEntry[] =
    metadata.creationTimestamp === undefined
      ? []
      : [{ time: metadata.creationTimestamp, kind: 'grant', what: granted, ...defined({ who }) }];
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime();
  return isOver ? [...made, { time: expiresAt, kind: 'grant', what: words.ended(to) }] : made;
}

function uses({ metadata, status }: UserSecret, jobs: readonly NeuroJob[], words: LogWords): readonly LogEntry[] {
  const recorded = (status?.uses ?? []).map(({ by, lastAt, lastJob, lastCopy, version }): LogEntry => {
    const what =
      lastCopy !== undefined ? words.copied(lastCopy) : lastJob === undefined ? words.usedBySome : words.used(lastJob);
    return { time: lastAt, kind: 'use', what, who: by, ...defined({ version }) };
  });
  const seen = new Set(recorded.map(({ what, who }) => `${who ?? ''} ${what}`));
  const own = jobs.flatMap(({ metadata: { namespace = '', name }, spec, status: { startTime, secrets = [] } = {} }) => {
    const used = secrets.find((one) => one.name === metadata.name && one.namespace === metadata.namespace);
    const who = `${namespace}/${spec.serviceAccountName ?? 'default'}`;
    const what = words.used(name);
    if (used === undefined || startTime === undefined || seen.has(`${who} ${what}`)) return [];
    return [{ time: startTime, kind: 'use', what, who, ...defined({ version: used.version }) } as const];
  });
  return [...recorded, ...own];
}

function eventEntry(
  { reason = '', note = '', eventTime, deprecatedLastTimestamp, series }: LoggedEvent,
  words: LogWords,
): readonly LogEntry[] {
  const time = series?.lastObservedTime ?? eventTime ?? deprecatedLastTimestamp ?? undefined;
  const times = series?.count === undefined ? '' : ` ${words.times(String(series.count))}`;
  return time === undefined ? [] : [{ time, kind: 'event', what: `${reason}: ${note}${times}` }];
}
