/** A ticket is used once among all replicas, with the time and the API server in the hands of the test. */
import { beforeEach, expect, test } from 'vitest';
import { configMaps } from '../../../src/console/server/proxy/config-maps.ts';
import { maxEntries, maxTickets } from '../../../src/console/server/sessions/ended-record.ts';
import { SharedEndedSessions } from '../../../src/console/server/sessions/shared-ended-sessions.ts';
import { ticketClaims, type ClaimTicket } from '../../../src/console/server/sessions/ticket-claims.ts';
import { createLogger, KubeClient, KernelError } from '../../../src/kernel/index.ts';
import { InProcessTransport, type Interception } from '../../support/in-process-transport.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ModelApi } from '../../support/model-api.ts';

const configMap = { namespace: 'neuro-system', name: 'neuro-console-ended-sessions' };
const validMs = 30_000;
const maxSessionMs = 12 * 3_600_000;

let clock: ManualClock;
let model: ModelApi;
let net: Interception;

function clientOf(): KubeClient {
  return new KubeClient({ transport: new InProcessTransport({ model, clock, intercept: () => net }) });
}
const replica = (): ClaimTicket => ticketClaims({ client: clientOf(), configMap, clock });
const claimed = (claim: ClaimTicket, id: string, user = 'alice'): Promise<boolean> =>
  claim({ id, user, until: clock.now() + validMs });
const dataOf = (): Record<string, string> =>
  (model.get(configMaps, configMap)?.['data'] ?? {}) as Record<string, string>;
const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => (error as { readonly code: string }).code);

/** The record of ended sessions, which keeps the entries of tickets too. */
function endedSessions(signal: AbortSignal) {
  const sessions = new SharedEndedSessions({
    ...{ client: clientOf(), configMap, clock, maxSessionMs },
    log: createLogger({ level: 'silent' }),
    onEnded: () => undefined,
  });
  return { sessions, running: sessions.run(signal) };
}

beforeEach(() => {
  clock = new ManualClock();
  model = new ModelApi();
  net = 'pass';
  model.put(configMaps, { metadata: configMap });
});

test('of many at once in several replicas one gets it; another ticket is another one', async () => {
  const replicas = [replica(), replica(), replica()];
  const answers = replicas.flatMap((claim) => [claimed(claim, 'one'), claimed(claim, 'one')]);
  await clock.advance(10);
  expect((await Promise.all(answers)).filter(Boolean)).toHaveLength(1);
  const other = claimed(replica(), 'other');
  await clock.advance(10);
  expect(await other).toBe(true);
  // Nothing in the record says whose it was.
  expect(Object.keys(dataOf()).join()).not.toMatch(/one|alice/);
});

test('tickets never fill the record: one more is refused, and a log-out is written', async () => {
  const text = `${String(clock.now() + validMs)} ${String(clock.now())}`;
  const data = Object.fromEntries(Array.from({ length: maxTickets }, (_, index) => [`t.${String(index)}`, text]));
  model.put(configMaps, { metadata: configMap, data });
  const answer = outcome(claimed(replica(), 'one more'));
  await clock.advance(10);
  expect(await answer).toBe('TooManyRequests');
  expect(Object.keys(dataOf())).toHaveLength(maxTickets);
  const stopped = new AbortController();
  const { sessions, running } = endedSessions(stopped.signal);
  await clock.advance(10);
  const ended = sessions.end({ id: 'a', user: 'alice', startedAt: clock.now(), endsAt: clock.now() + maxSessionMs });
  await clock.advance(2_000);
  await ended;
  expect(Object.keys(dataOf()).some((key) => key.startsWith('s.'))).toBe(true);
  stopped.abort();
  await running;
});

test('tickets of one user never take more of the record than is left for others', async () => {
  const claim = replica();
  const first = claimed(claim, 'first', 'mallory');
  await clock.advance(10);
  expect(await first).toBe(true);
  const [[key, text] = ['', '']] = Object.entries(dataOf());
  const many = Array.from({ length: maxTickets / 2 }, (_, index) => [`${key}${String(index)}`, text] as const);
  model.put(configMaps, { metadata: configMap, data: Object.fromEntries(many) });
  const more = [outcome(claimed(claim, 'more', 'mallory')), outcome(claimed(claim, 'other'))];
  await clock.advance(10);
  expect(await Promise.all(more)).toEqual(['TooManyRequests', true]);
});

test('a ticket does not wait for all of another user that came before', async () => {
  const claim = replica();
  const order: string[] = [];
  const claims = ['m1', 'm2', 'm3', 'm4', 'a1'].map(async (name) => {
    await claimed(claim, name, name.slice(0, 1));
    order.push(name);
  });
  await clock.advance(100);
  await Promise.all(claims);
  expect(order.slice(0, 3)).toContain('a1');
});

test('different tickets of several replicas do not keep each other out', async () => {
  const answers = [replica(), replica(), replica(), replica()].map((claim, index) => claimed(claim, String(index)));
  await clock.advance(10);
  expect(await Promise.all(answers)).toEqual([true, true, true, true]);
});

test.each<[string, () => void]>([
  ['the API server does not answer', () => void (net = 'hang')],
  ['it refuses', () => void (net = new KernelError('Forbidden', 'forbidden', { status: 403 }))],
  ['the record is gone', () => model.remove(configMaps, configMap)],
])('no ticket is used while %s', async (_case, fail) => {
  fail();
  const answer = outcome(claimed(replica(), 'one'));
  await clock.advance(10_000);
  expect(await answer).toBe('ApiServerUnreachable');
});

test('a replica whose clock is behind does not take it again', async () => {
  const stopped = new AbortController();
  const { sessions, running } = endedSessions(stopped.signal);
  const until = clock.now() + validMs;
  const first = replica()({ id: 'one', user: 'alice', until });
  await clock.advance(validMs + 2_000);
  expect(await first).toBe(true);
  // What is over goes with the next log-out.
  void sessions.end({ user: 'alice', id: 'a', startedAt: clock.now(), endsAt: clock.now() + maxSessionMs });
  await clock.advance(2_000);
  expect(Object.keys(dataOf()).map((key) => key.split('.')[0])).toContain('s');
  const behind = { now: () => clock.now() - 5_000, steadyNow: clock.steadyNow, schedule: clock.schedule.bind(clock) };
  const second = ticketClaims({ client: clientOf(), configMap, clock: behind })({ id: 'one', user: 'alice', until });
  await clock.advance(10);
  expect(await second).toBe(false);
  stopped.abort();
  await running;
});

test('a claim that comes to its turn after the end of the ticket is refused', async () => {
  const claim = replica();
  net = 'hang';
  const hanging = outcome(claimed(claim, 'slow'));
  const waiting = claim({ id: 'one', user: 'alice', until: clock.now() + 4_000 });
  await clock.advance(4_500);
  net = 'pass';
  await clock.advance(1_000);
  expect(await hanging).toBe('ApiServerUnreachable');
  expect(await waiting).toBe(false);
});

test('its entry goes when it is over, and however many there are ends nobody’s session', async () => {
  const stopped = new AbortController();
  const { sessions, running } = endedSessions(stopped.signal);
  await clock.advance(10);
  const claim = replica();
  const answer = claimed(claim, 'one');
  await clock.advance(10);
  expect(await answer).toBe(true);
  const [[key, text] = ['', '']] = Object.entries(dataOf());
  const many = Object.fromEntries(Array.from({ length: maxEntries }, (_, index) => [`${key}${String(index)}`, text]));
  model.put(configMaps, { metadata: configMap, data: many });
  await clock.advance(3_000);
  const at = { startedAt: clock.now(), endsAt: clock.now() + maxSessionMs };
  void sessions.end({ user: 'alice', id: 'a', ...at });
  await clock.advance(3_000);
  expect(sessions.isEnded({ user: 'alice', id: 'a', ...at })).toBe(true);
  expect(sessions.isEnded({ user: 'bob', id: 'b', ...at })).toBe(false);
  await clock.advance(validMs + 65_000);
  expect(Object.keys(dataOf()).every((one) => one.startsWith('s.'))).toBe(true);
  stopped.abort();
  await running;
});
