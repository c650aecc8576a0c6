/**
 * Which sessions were ended before their time, as the entries of a ConfigMap's `data`. Pure.
 *
 * Promise: the record is bounded whatever users do, and no entry is dropped whose session could come back by it. A user with too many
 * entries gets one that ends all of their earlier sessions. A record with too many gets one for the user with the most; where no user has two, one that ends
 * everybody's sessions.
 */
import { hash } from 'node:crypto';
import { isFairShare } from '../fair-share.ts';

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

/** Maps keys of `data` to entries. A key is `s.USER.SESSION`, `u.USER`, `all`, or `t.USER.TICKET` for a used ticket; names in it are hashed. */
export type Entries = ReadonlyMap<string, Entry>;

/** Log-outs of one user that are kept one by one: more than a person has browsers. */
export const maxSessionsOfUser = 16;
/** Some 70 bytes each: 280 kB in all. A ConfigMap may have 1 MiB, and each write is a copy of it in etcd. */
export const maxEntries = 4_000;

/** Used tickets among all replicas: 380 kB beside the log-outs, so that these always have room. One user has at most as many as are left for others. */
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

interface Ending {
  readonly now: number;
  readonly maxSessionMs: number;
}

/** The entries with this session ended too. */
export function withEnded(entries: Entries, session: EndableSession, { now, maxSessionMs }: Ending): Entries {
  const live = withRoom(merged(entries, new Map(), now), { now, maxSessionMs });
  const ofUser = [...live.keys()].filter((key) => key.startsWith(prefixOf(session.user))).length;
  // Another replica's clock may be ahead of ours: the session ended after it started.
  const endedAt = Math.max(now, session.startedAt + 1);
  const key = isFull(live) ? everybody : ofUser >= maxSessionsOfUser ? userKeyOf(session.user) : sessionKeyOf(session);
  const until = key === sessionKeyOf(session) ? session.endsAt : now + maxSessionMs;
  return merged(live, new Map([[key, { until, endedAt }]]), now);
}

function isFull(entries: Entries): boolean {
  return [...entries.keys()].filter((key) => !key.startsWith(ticket)).length >= maxEntries;
}

/** Makes room in a full record: the sessions of the user with the most become one entry for all of them, unless nobody has two. */
function withRoom(entries: Entries, { now, maxSessionMs }: Ending): Entries {
  if (!isFull(entries)) return entries;
  const ofSessions = [...entries].filter(([key]) => key.startsWith('s.'));
  let [user, most]: readonly [string, Entries] = ['', new Map()];
  for (const [userHash, some] of Map.groupBy(ofSessions, ([key]) => key.split('.')[1] ?? ''))
    if (some.length > Math.max(1, most.size)) [user, most] = [userHash, new Map(some)];
  if (most.size === 0) return entries;
  const endedAt = Math.max(...[...most.values()].map((entry) => entry.endedAt));
  return merged(entries, new Map([[`u.${user}`, { until: now + maxSessionMs, endedAt }]]), now);
}

/** Whether one more ticket of the user has room among those that were used. */
export function hasRoomForTicket(user: string, data: Readonly<Record<string, string>> = {}): boolean {
  const used = Object.keys(data).filter((key) => key.startsWith(ticket));
  const ofUser = used.filter((key) => key.startsWith(ticketPrefixOf(user))).length;
  return isFairShare(ofUser + 1, used.length + 1, maxTickets);
}

/** A ticket that is used: see `JobTickets`. */
export interface UsedTicket {
  readonly id: string;
  readonly user: string;
  /** The ticket is good until then. */
  readonly until: number;
}

/** It is kept until then beside the sessions, ends none, and counts as none. */
export function entryOfTicket({ id, user, until }: UsedTicket, now: number): readonly [key: string, text: string] {
  return [`${ticketPrefixOf(user)}${shortHash(`ticket ${id}`, 22)}`, textOf({ until, endedAt: now })];
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
  return `${prefixOf(user)}${shortHash(`session ${id}`, 22)}`;
}

function prefixOf(user: string): string {
  return `s.${shortHash(`user ${user}`, 11)}.`;
}

function ticketPrefixOf(user: string): string {
  return `${ticket}${shortHash(`user ${user}`, 11)}.`;
}

function userKeyOf(user: string): string {
  return `u.${shortHash(`user ${user}`, 11)}`;
}

/** `length` is in characters of base64url, six bits each. A session's identifier has 256 random bits, so nobody finds it by its hash. */
function shortHash(text: string, length: number): string {
  return hash('sha256', `neuro-console ${text}`, 'base64url').slice(0, length);
}
