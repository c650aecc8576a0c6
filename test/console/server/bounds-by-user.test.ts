/** What one user may take of the console: streams, requests under way, bytes. Another user keeps theirs. */
import { request as send } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/kernel/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { limitsFor } from '../../../src/console/server/limits.ts';
import { maxAgents, maxAgentsOfUser, OpenedJobs } from '../../../src/console/server/opened/opened-jobs.ts';
import type { PodAgent } from '../../../src/console/server/opened/pod-agent.ts';
import { RequestGate } from '../../../src/console/server/proxy/request-gate.ts';
import type { UserSession } from '../../../src/console/server/sessions/authenticator.ts';
import { OpenStreams } from '../../../src/console/server/sessions/open-streams.ts';
import { RememberedSessions } from '../../../src/console/server/sessions/remembered-sessions.ts';
import type { SessionData } from '../../../src/console/server/sessions/session-cookie.ts';
import { HeldBytes } from '../../../src/console/server/streams/held-bytes.ts';
import type { StreamKeeper } from '../../../src/console/server/streams/stream-keeper.ts';

const MiB = 1024 * 1024;
const never = new AbortController().signal;

function sessionOf(user: string, sessionId: string, isEnded = (): boolean => false): UserSession {
  return { user, sessionId, isEnded } as Partial<UserSession> as UserSession;
}

describe('limits', () => {
  test.each([
    [512 * MiB, 1_001, 100],
    [256 * MiB, 273, 27],
    [128 * MiB, 50, 20],
    [undefined, 10_000, 100],
    [64 * 1024 * MiB, 10_000, 100],
  ])('with %s bytes: %d streams, %d of a user', (memory, maxStreams, maxStreamsOfUser) => {
    expect(limitsFor(memory)).toMatchObject({ maxStreams, maxStreamsOfUser });
  });
});

describe('pages of jobs', () => {
  let jobs: OpenedJobs;
  /** Nobody learns which Pod a job is: a request for its page is under way without an end. */
  const credentials = (): Promise<never> => new Promise(() => undefined);
  const open = (user: string, name: string | number): PodAgent =>
    jobs.agentOf(
      { ...sessionOf(user, `of ${user}`), credentials },
      {
        ...{ context: 'c', namespace: 'n', uid: String(name) },
        name: String(name),
      },
    );
  const openMany = (user: string, count: number): void => {
    for (let index = 0; index < count; index += 1) open(user, index);
  };

  beforeEach(() => {
    const gate = new RequestGate(limitsFor(undefined), systemClock);
    jobs = new OpenedJobs({ keeper: {} as StreamKeeper, gate, clock: systemClock });
  });

  test('of one user that are too many close their own connections, the longest unused first', () => {
    const ofAlice = open('alice', 'notebook');
    const first = open('mallory', 'page-0');
    const second = open('mallory', 'page-1');
    expect(open('mallory', 'page-0')).toBe(first);
    for (let count = 2; count <= maxAgentsOfUser; count += 1) open('mallory', `page-${String(count)}`);
    expect(open('alice', 'notebook')).toBe(ofAlice);
    expect(open('mallory', 'page-0')).toBe(first);
    expect(open('mallory', 'page-1')).not.toBe(second);
  });

  test('of all users that are too many close those of users with more, and not the page that was unused longest', () => {
    const ofAlice = open('alice', 'notebook');
    for (let used = 0; used <= maxAgents; used += maxAgentsOfUser) openMany(`mallory-${String(used)}`, maxAgentsOfUser);
    expect(open('alice', 'notebook')).toBe(ofAlice);
  });

  test('are not closed while a request is under way in them', () => {
    const agent = open('mallory', 'slow');
    const request = send({ agent, path: '/', setHost: false });
    request.on('error', () => undefined);
    openMany('mallory', 2 * maxAgentsOfUser);
    expect(open('mallory', 'slow')).toBe(agent);
    request.destroy();
  });
});

describe('streams', () => {
  const reason = new Error('ended') as never;

  test('of a user are counted over all their sessions', () => {
    const streams = new OpenStreams({ maxStreams: 10, maxStreamsOfUser: 3 });
    const releases = ['a', 'b', 'c'].map((id) => streams.add(sessionOf('mallory', id), () => undefined));
    expect(() => streams.add(sessionOf('mallory', 'd'), () => undefined)).toThrow(
      expect.objectContaining({ code: 'TooManyStreams' }),
    );
    streams.add(sessionOf('alice', 'a'), () => undefined);
    releases[0]?.();
    releases[0]?.();
    streams.add(sessionOf('mallory', 'd'), () => undefined);
    expect(() => streams.add(sessionOf('mallory', 'd'), () => undefined)).toThrow();
    expect(streams.count).toBe(4);
  });

  test('of users with fewer take the place of one of the user with the most, until all have as many', () => {
    const streams = new OpenStreams({ maxStreams: 6, maxStreamsOfUser: 4 });
    const ended: string[] = [];
    const add = (name: string): (() => void) =>
      streams.add(sessionOf(name.slice(0, 1), name.slice(0, 2)), () => void ended.push(name));
    for (const name of ['mx1', 'mx2', 'my3', 'my4', 'nx1', 'nx2']) add(name);
    const releases = ['ax1', 'ax2'].map(add);
    expect([ended, streams.count]).toEqual([['my4', 'my3'], 6]);
    expect(() => add('ax3')).toThrow(expect.objectContaining({ code: 'TooManyStreams' }));
    expect(() => add('mx3')).toThrow(expect.objectContaining({ code: 'TooManyStreams' }));
    add('bx1');
    expect([ended.slice(2), streams.count]).toEqual([['ax2'], 6]);
    // What has ended already takes nothing off.
    releases[1]?.();
    expect(streams.count).toBe(6);
    expect(() => add('bx2')).toThrow(expect.objectContaining({ code: 'TooManyStreams' }));
  });

  test('end by session, and are counted no more', () => {
    const streams = new OpenStreams({ maxStreams: 10, maxStreamsOfUser: 2 });
    const ended: string[] = [];
    for (const id of ['a', 'b']) streams.add(sessionOf('alice', id), () => void ended.push(id));
    streams.endStreams('a', reason);
    expect([ended, streams.count]).toEqual([['a'], 1]);
    streams.add(sessionOf('alice', 'c'), () => undefined);
  });

  test('of sessions that were ended elsewhere end, and none begins', () => {
    const streams = new OpenStreams({ maxStreams: 10, maxStreamsOfUser: 2 });
    const over = new Set<string>();
    const ended: string[] = [];
    const session = (id: string): UserSession => sessionOf('alice', id, () => over.has(id));
    for (const id of ['a', 'b']) streams.add(session(id), () => void ended.push(id));
    over.add('a');
    streams.endEnded(reason);
    expect(ended).toEqual(['a']);
    expect(() => streams.add(session('a'), () => undefined)).toThrow(expect.objectContaining({ code: 'NoSession' }));
  });

  test('of an ended session end, though nobody can say it of another one', () => {
    const streams = new OpenStreams({ maxStreams: 10, maxStreamsOfUser: 2 });
    const ended: string[] = [];
    let isLater = false;
    const unknown = (): boolean => {
      if (isLater) throw new Error('the record cannot be read');
      return false;
    };
    streams.add(sessionOf('bob', 'b', unknown), () => void ended.push('b'));
    streams.add(
      sessionOf('alice', 'a', () => isLater),
      () => void ended.push('a'),
    );
    isLater = true;
    streams.endEnded(reason);
    expect([ended, streams.count]).toEqual([['a'], 1]);
  });
});

describe('requests', () => {
  const bounds = {
    ...{ requests: 4, requestsOfUser: 2, requestsOfEach: 0, waitingOfUser: 3 },
    ...{ bodyBytes: 10, bodyBytesOfUser: 6, bodyBytesOfEach: 0 },
  };
  let clock: ManualClock;
  const gate = (more: Partial<typeof bounds> = {}): RequestGate => new RequestGate({ ...bounds, ...more }, clock);
  const entered = (
    more?: Partial<typeof bounds>,
  ): { readonly order: string[]; enter: (who: string, bytes?: number) => Promise<() => void> } => {
    const order: string[] = [];
    const ofAll = gate(more);
    return {
      order,
      enter: async (who, bytes = 0) => {
        const end = await ofAll.enter(who.slice(0, 1), bytes, never);
        order.push(who);
        return end;
      },
    };
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  beforeEach(() => (clock = new ManualClock()));

  test('of one user are so many at once, and the rest wait in their order', async () => {
    const { order, enter } = entered();
    const ends = ['m1', 'm2', 'm3', 'm4'].map((who) => enter(who));
    await settle();
    expect(order).toEqual(['m1', 'm2']);
    (await ends[0])?.();
    (await ends[0])?.();
    await settle();
    expect(order).toEqual(['m1', 'm2', 'm3']);
  });

  test('of another user do not wait behind them', async () => {
    const { order, enter } = entered();
    for (const who of ['m1', 'm2', 'm3', 'm4', 'a1']) void enter(who);
    await settle();
    expect(order).toEqual(['m1', 'm2', 'a1']);
  });

  test('of all users together are bounded, and users take turns', async () => {
    const { order, enter } = entered();
    const first = ['m1', 'm2', 'n1', 'n2'].map((who) => enter(who));
    for (const who of ['m3', 'm4', 'a1']) void enter(who);
    await settle();
    expect(order).toHaveLength(4);
    (await first[0])?.();
    (await first[2])?.();
    await settle();
    expect(order.slice(4).toSorted()).toEqual(['a1', 'm3']);
  });

  test('wait for bytes too, of their user and of all', async () => {
    const { order, enter } = entered();
    const large = [enter('m1', 5), enter('n1', 2)];
    void enter('m2', 2);
    void enter('a1', 2);
    void enter('a2', 1);
    await settle();
    expect(order).toEqual(['m1', 'n1']);
    (await large[0])?.();
    await settle();
    expect(order.slice(2).toSorted()).toEqual(['a1', 'a2', 'm2']);
  });

  test('of each user are a few, though others let none of theirs go, until all are twice as many', async () => {
    const { order, enter } = entered({ requestsOfEach: 1 });
    for (const who of ['m1', 'm2', 'n1', 'n2', 'm3', 'a1', 'a2', 'b1', 'c1', 'd1', 'e1']) void enter(who);
    await settle();
    expect(order).toEqual(['m1', 'm2', 'n1', 'n2', 'a1', 'b1', 'c1', 'd1']);
  });

  test('with small bodies do not wait for those who send large ones slowly', async () => {
    const { order, enter } = entered({ bodyBytesOfEach: 2 });
    for (const [who, bytes] of [
      ['m1', 5],
      ['n1', 2],
      ['a1', 3],
      ['b1', 2],
    ] as const)
      void enter(who, bytes);
    await settle();
    expect(order).toEqual(['m1', 'n1', 'b1']);
  });

  test('with large bodies, of however heavy users, take no more than they leave for others', async () => {
    const { order, enter } = entered();
    // Two bytes of six are left after them.
    for (const [who, bytes] of [
      ['m1', 5],
      ['n1', 3],
      ['n2', 2],
      ['o1', 2],
      ['a1', 1],
    ] as const)
      void enter(who, bytes);
    await settle();
    expect(order).toEqual(['m1', 'o1', 'a1']);
  });

  test('of three users with as many bytes as each may have leave room for the largest value of another one', async () => {
    const ofAll = new RequestGate(limitsFor(undefined), clock);
    for (const user of ['m', 'n', 'o']) for (const size of [3, 3, 2]) void ofAll.enter(user, size * MiB, never);
    const order: string[] = [];
    // One MiB, sealed and in base64.
    void ofAll.enter('alice', 1.5 * MiB, never).then(() => order.push('alice'));
    await settle();
    expect(order).toEqual(['alice']);
  });

  test('of the user who has the fewest under way are next', async () => {
    const { order, enter } = entered({ requestsOfEach: 1 });
    const first = ['m1', 'm2', 'n1', 'n2'].map((who) => enter(who));
    void enter('a1');
    for (const who of ['m3', 'n3', 'a2', 'b1', 'c1', 'd1', 'e1']) void enter(who);
    await settle();
    expect(order.slice(4)).toEqual(['a1', 'b1', 'c1', 'd1']);
    // All places are taken; what becomes free goes past those who have waited longer, and have one.
    (await first[0])?.();
    await settle();
    expect(order.slice(8)).toEqual(['e1']);
  });

  test('that wait for their own browser keep their turns for a time that depends on who else waits', async () => {
    const ofAll = gate();
    const enter = (user: string, bytes = 0): Promise<() => void> => ofAll.enter(user, bytes, never);
    const limits = (): number[] => ['m', 'n', 'a'].map((user) => ofAll.heldLimitMs(user, 0));
    const ends = [await enter('m'), await enter('m')];
    void enter('m');
    await enter('n', 4);
    // Mallory waits for their own requests alone, and Nora for the bytes of nobody else.
    void enter('n', 6);
    expect(limits()).toEqual([Infinity, Infinity, Infinity]);
    await enter('b');
    void enter('a');
    // Of the user who has the most, and of another one. What Alice has is wanted by nobody else.
    expect(limits()).toEqual([5_000, 30_000, Infinity]);
    for (const end of ends) end();
    await settle();
    expect(limits()).toEqual([Infinity, Infinity, Infinity]);
  });

  test('keep the longer time where their user has at most one more than the one who waits', async () => {
    const ofAll = gate({ requests: 2, requestsOfEach: 1 });
    for (const user of ['m', 'm', 'n', 'b']) await ofAll.enter(user, 0, never);
    void ofAll.enter('n', 0, never);
    expect(ofAll.heldLimitMs('m', 0)).toBe(30_000);
    // All have one.
    const ofOneEach = gate({ requests: 2 });
    for (const user of ['m', 'n']) await ofOneEach.enter(user, 3, never);
    void ofOneEach.enter('a', 0, never);
    expect(['m', 'n'].map((user) => ofOneEach.heldLimitMs(user, 3))).toEqual([30_000, 30_000]);
  });

  test('of the user whose turns lasted the shortest of late are next, among those who have as many', async () => {
    const { order, enter } = entered({ requests: 1 });
    const first = await enter('m1');
    clock.stall(20_000);
    first();
    const second = await enter('n1');
    const ends = ['m2', 'a1', 'n2'].map((who) => enter(who));
    clock.stall(1_000);
    second();
    await settle();
    expect(order).toEqual(['m1', 'n1', 'a1']);
    (await ends[1])?.();
    await settle();
    expect(order.slice(3)).toEqual(['n2']);
    // Long ago it counts no more.
    clock.stall(15 * 60_000);
    (await ends[2])?.();
    await settle();
    expect(order.slice(4)).toEqual(['m2']);
  });

  test('of more slow users than there are turns, renewed without an end, delay another user until one of them ends', async () => {
    const { requests } = limitsFor(undefined);
    const ofAll = new RequestGate(limitsFor(undefined), clock);
    const underWay: (() => void)[] = [];
    const slow = (user: string): void => {
      void ofAll.enter(user, 0, never).then((end) => {
        underWay.push(() => {
          end();
          slow(user);
        });
      });
    };
    for (let index = 0; index < 3 * requests; index += 1) slow(`mallory-${String(index)}`);
    await settle();
    const oneEnds = async (): Promise<void> => {
      clock.stall(100);
      underWay.shift()?.();
      await settle();
    };
    for (let count = 0; count < 4 * requests; count += 1) await oneEnds();
    expect(underWay).toHaveLength(2 * requests);
    // As a page asks: all at once.
    const page = Array.from({ length: 40 }, () => ofAll.enter('alice', 0, never));
    await oneEnds();
    for (const asked of page) (await asked)();
  });

  test('whose user held turns for long of late keep theirs no longer than those of the user with the most', async () => {
    const ofAll = gate({ requests: 1 });
    const first = await ofAll.enter('m', 0, never);
    clock.stall(20_000);
    first();
    await ofAll.enter('m', 0, never);
    void ofAll.enter('a', 0, never);
    expect(ofAll.heldLimitMs('m', 0)).toBe(5_000);
    clock.stall(60_000);
    expect(ofAll.heldLimitMs('m', 0)).toBe(30_000);
  });

  test('that hold no bytes are not ended for a user who waits for bytes alone', async () => {
    const ofAll = gate({ bodyBytes: 8 });
    await ofAll.enter('m', 4, never);
    await ofAll.enter('m', 0, never);
    await ofAll.enter('n', 0, never);
    void ofAll.enter('a', 3, never);
    expect(['m', 'n'].map((user) => ofAll.heldLimitMs(user, 0))).toEqual([Infinity, Infinity]);
    expect(ofAll.heldLimitMs('m', 4)).toBe(30_000);
  });

  test('with bodies are ended for the first one of another user, and for more of them only where their user has as much', async () => {
    const ofAll = gate({ requests: 9 });
    const first = await ofAll.enter('a', 2, never);
    for (const [user, bytes] of [
      ['m', 4],
      ['n', 1],
    ] as const)
      await ofAll.enter(user, bytes, never);
    void ofAll.enter('a', 2, never);
    const limits = (): number[] => ['m', 'n'].map((user) => ofAll.heldLimitMs(user, 1));
    expect(limits()).toEqual([30_000, Infinity]);
    first();
    await settle();
    expect(limits()).toEqual([Infinity, Infinity]);
    void ofAll.enter('b', 3, never);
    expect(limits()).toEqual([30_000, 30_000]);
  });

  test('are refused beyond the line, and leave it with their browser', async () => {
    const ofAll = gate();
    const gone = new AbortController();
    const ends = [await ofAll.enter('m', 0, never), await ofAll.enter('m', 0, never)];
    const waiting = [ofAll.enter('m', 0, never), ofAll.enter('m', 0, gone.signal), ofAll.enter('m', 0, never)];
    const left = expect(waiting[1]).rejects.toThrow('gone');
    await expect(ofAll.enter('m', 0, never)).rejects.toMatchObject({ code: 'TooManyRequests' });
    gone.abort(new Error('gone'));
    await left;
    for (const end of ends) end();
    await Promise.all([waiting[0], waiting[2]]);
    await expect(ofAll.enter('m', 0, gone.signal)).rejects.toThrow('gone');
  });
});

describe('bytes that wait for browsers', () => {
  test('are counted by user, over all their streams', () => {
    const held = new HeldBytes({ heldBytes: 100 * MiB, heldBytesOfUser: 8 * MiB });
    const streams = Array.from({ length: 9 }, () => held.open('mallory'));
    expect(streams.map((stream) => stream.set(MiB))).toEqual([...Array.from({ length: 8 }, () => true), false]);
    streams[8]?.close();
    streams[0]?.set(0);
    expect(streams[1]?.set(2 * MiB)).toBe(true);
  });

  test('of many users leave each their allowance', () => {
    const held = new HeldBytes({ heldBytes: MiB, heldBytesOfUser: 8 * MiB });
    const streams = ['mallory', 'alice'].map((user) => held.open(user));
    expect(streams.map((stream) => stream.set(MiB))).toEqual([true, true]);
    expect(held.open('alice').set(MiB)).toBe(false);
  });

  test('of one user are never more than are left for others', () => {
    const held = new HeldBytes({ heldBytes: 24 * MiB, heldBytesOfUser: 16 * MiB });
    const streams = ['mallory', 'mallet'].map((user) => held.open(user));
    expect(streams.map((stream) => stream.set(12 * MiB))).toEqual([true, false]);
    expect(streams[1]?.set(6 * MiB)).toBe(true);
    expect(held.open('alice').set(3 * MiB)).toBe(true);
    expect(held.open('bob').set(2 * MiB)).toBe(false);
  });

  test('that become fewer end no stream, whatever others hold meanwhile', () => {
    const held = new HeldBytes({ heldBytes: 12 * MiB, heldBytesOfUser: 8 * MiB });
    const ofAlice = held.open('alice');
    expect(ofAlice.set(6 * MiB)).toBe(true);
    expect(held.open('mallory').set(3 * MiB)).toBe(true);
    expect([ofAlice.set(5 * MiB), ofAlice.set(6 * MiB)]).toEqual([true, false]);
  });
});

describe('tokens that were renewed', () => {
  let remembered: RememberedSessions;
  const remember = (user: string, id: string): void =>
    remembered.set({ data: { user, id } as Partial<SessionData> as SessionData });

  beforeEach(() => (remembered = new RememberedSessions()));

  test('are remembered for a bounded number of a user’s sessions', () => {
    remember('alice', 'of-alice');
    for (let index = 0; index < 5_000; index += 1) remember('mallory', String(index));
    const kept = Array.from({ length: 5_000 }, (_, index) => remembered.get(String(index))).filter(Boolean);
    expect(kept).toHaveLength(20);
    expect(remembered.get('of-alice')).toBeDefined();
    remembered.delete('4999');
    remember('mallory', '4998');
    expect(remembered.get('4980')).toBeDefined();
  });

  test('are not forgotten for users with more sessions, however many of them there are', () => {
    remember('alice', 'of-alice');
    for (let index = 0; index < 5_000; index += 1) remember(`mallory-${String(index % 250)}`, String(index));
    expect(remembered.get('of-alice')).toBeDefined();
  });
});
