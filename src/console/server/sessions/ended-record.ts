/**
 * Which sessions were ended before their time, as the entries of a ConfigMap's `data`. Pure.
 *
 * Promise: the record is bounded whatever users do, and no entry is dropped whose session could come back by it. A user with too many
 * entries gets one that ends all of their earlier sessions; a record with too many gets one that ends everybody's.
 */
import { createHash } from 'node:crypto';

/** What the record has to know of a session. Times are milliseconds since the epoch. */
export interface EndableSession {
  readonly id: string;
  /** See `countedAs`. */
  readonly user: string;
  readonly startedAt: number;
  readonly endsAt: number;
}

export interface Entry {
  /** What it is about would have ended by then anyway. */
  readonly until: number;
  /** When it was ended. An entry for a user or for everybody is about all sessions that started before. */
  readonly endedAt: number;
}

/** By the key in `data`: `s.USER.SESSION`, `u.USER` or `all`, and `t.TICKET` of one that was used; with hashes. */
export type Entries = ReadonlyMap<string, Entry>;

/** Log-outs of one user that are kept one by one: more than a person has browsers. */
export const maxSessionsOfUser = 16;
/** Some 70 bytes each: 280 kB in all. A ConfigMap may have 1 MiB, and each write is a copy of it in etcd. */
export const maxEntries = 4_000;

/** Used tickets among all replicas: 310 kB beside the log-outs, so that these always have room. */
export const maxTickets = 6_000;

const everybody = 'all';
const ticket = 't.';

export function isEnded(entries: Entries, session: EndableSession, now: number): boolean {
  const inForce = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    return entry === undefined || entry.until <= now ? undefined : entry;
  };
  return (
    inForce(sessionKeyOf(session)) !== undefined ||
    [userKeyOf(session.user), everybody].some((key) => session.startedAt < (inForce(key)?.endedAt ?? 0))
  );
}

/** The entries with this session ended too. */
export function withEnded(
  entries: Entries,
  session: EndableSession,
  { now, maxSessionMs }: { readonly now: number; readonly maxSessionMs: number },
): Entries {
  const live = merged(entries, new Map(), now);
  const ofUser = [...live.keys()].filter((key) => key.startsWith(prefixOf(session.user))).length;
  // Another replica's clock may be ahead of ours: the session ended after it started.
  const endedAt = Math.max(now, session.startedAt + 1);
  const count = [...live.keys()].filter((key) => !key.startsWith(ticket)).length;
  const key =
    count >= maxEntries ? everybody : ofUser >= maxSessionsOfUser ? userKeyOf(session.user) : sessionKeyOf(session);
  const until = key === sessionKeyOf(session) ? session.endsAt : now + maxSessionMs;
  return merged(live, new Map([[key, { until, endedAt }]]), now);
}

export function ticketsIn(data: Readonly<Record<string, string>> = {}): number {
  return Object.keys(data).filter((key) => key.startsWith(ticket)).length;
}

/** That a ticket was used. It is kept beside the sessions, ends none, and counts as none. */
export function entryOfTicket(id: string, until: number, now: number): readonly [key: string, text: string] {
  return [`${ticket}${hashOf(`ticket ${id}`, 22)}`, textOf({ until, endedAt: now })];
}

/** Both, without what is over and without what a later entry for the user or for everybody says too. */
export function merged(some: Entries, others: Entries, now: number): Entries {
  const all = new Map(some);
  for (const [key, entry] of others) if (entry.endedAt > (all.get(key)?.endedAt ?? 0)) all.set(key, entry);
  const isCovered = (key: string, { endedAt }: Entry): boolean =>
    coveringKeysOf(key).some((covering) => {
      const later = all.get(covering);
      return later !== undefined && later.until > now && later.endedAt >= endedAt;
    });
  return new Map([...all].filter(([key, entry]) => entry.until > now && !isCovered(key, entry)));
}

/** Merge patch of `data` (RFC 7386) that makes the one the other; undefined where they are the same. */
export function patchOf(from: Entries, to: Entries): Readonly<Record<string, string | null>> | undefined {
  const gone = [...from.keys()].filter((key) => !to.has(key)).map((key) => [key, null] as const);
  const changed = [...to].filter(([key, entry]) => textOf(entry) !== textOf(from.get(key)));
  const patch = Object.fromEntries([...gone, ...changed.map(([key, entry]) => [key, textOf(entry)] as const)]);
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** What cannot be read is left out: nobody but the console writes here. */
export function entriesIn(data: Readonly<Record<string, string>> = {}): Entries {
  const entries = new Map<string, Entry>();
  for (const [key, text] of Object.entries(data)) {
    const [, until, endedAt] = /^(\d{1,15}) (\d{1,15})$/.exec(text) ?? [];
    if (until !== undefined) entries.set(key, { until: Number(until), endedAt: Number(endedAt) });
  }
  return entries;
}

function textOf(entry: Entry | undefined): string {
  return entry === undefined ? '' : `${String(entry.until)} ${String(entry.endedAt)}`;
}

function coveringKeysOf(key: string): readonly string[] {
  if (key === everybody || key.startsWith(ticket)) return [];
  const [kind, user = ''] = key.split('.');
  return kind === 's' ? [`u.${user}`, everybody] : [everybody];
}

function sessionKeyOf({ user, id }: EndableSession): string {
  return `${prefixOf(user)}${hashOf(`session ${id}`, 22)}`;
}

function prefixOf(user: string): string {
  return `s.${hashOf(`user ${user}`, 11)}.`;
}

function userKeyOf(user: string): string {
  return `u.${hashOf(`user ${user}`, 11)}`;
}

/** Characters of base64url, six bits each. A session's identifier has 256 random bits, so nobody finds it by its hash. */
function hashOf(text: string, length: number): string {
  return createHash('sha256').update(`neuro-console ${text}`).digest('base64url').slice(0, length);
}
