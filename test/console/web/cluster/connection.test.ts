/** A connection is of the user who has opened it: nothing of what is under way reaches the next one on the same page. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openConnection, type Connection } from '../../../../src/console/web/cluster/connection.ts';
import { userSecrets } from '../../../../src/console/web/cluster/object.ts';
import { setOwner } from '../../../../src/console/web/cluster/owner.ts';
import { putTexts } from '../../../../src/console/web/texts.ts';
import { first } from '../../../../src/console/web/texts/en/first.ts';
import { eventually } from '../../../support/until.ts';

const fetchOfNode = globalThis.fetch;
/** Waits for its answer until the test gives one. */
let waiting: ServerResponse[] = [];
let ended: string[] = [];
const server = createServer((request, response) => {
  if (request.method === 'POST') waiting.push(response);
  else response.end('{"metadata":{},"items":[]}');
});

beforeAll(async () => {
  putTexts(first);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  globalThis.fetch = (url, init) => fetchOfNode(new URL(url instanceof Request ? url.url : url, origin), init);
});
afterAll(() => {
  globalThis.fetch = fetchOfNode;
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  waiting = [];
  ended = [];
});

function connectionOf(user: string): Connection {
  setOwner(user);
  const onSessionEnded = (): void => void ended.push(`session of ${user}`);
  return openConnection({ context: 'model', recheckEveryMs: 1_000, csrf: () => user, onSessionEnded });
}

const save = (connection: Connection): Promise<unknown> =>
  connection
    .create(userSecrets, { metadata: { namespace: 'alice', name: 'one' }, spec: { value: 'x' } })
    .then(() => ended.push('saved'))
    .catch(() => ended.push('not saved'));
const received = (count: number): Promise<unknown> =>
  eventually(
    () => Promise.resolve(waiting.length),
    (now) => now === count,
    'the request has come',
  );

test.each([
  ['that succeeds', 201, ['saved']],
  ['that is refused', 403, ['not saved']],
  ['whose session has ended', 401, ['session of alice', 'not saved']],
])('a save %s ends for its own user, and for no other', async (_case, status, forAlice) => {
  const answer = (response: ServerResponse | undefined): unknown => response?.writeHead(status).end('{"message":"no"}');
  const alices = connectionOf('alice');
  const saving = save(alices);
  void save(alices);
  await received(2);
  answer(waiting[0]);
  await saving;
  expect(ended).toEqual(forAlice);
  const bobs = connectionOf('bob');
  answer(waiting[1]);
  // What bob reads after it has come: alice's answer was there before.
  await bobs.page(userSecrets, { namespace: 'bob' }, {});
  await bobs.page(userSecrets, { namespace: 'bob' }, {});
  expect(ended).toEqual(forAlice);
});

test('what a former user has begun sends nothing more', async () => {
  const alices = connectionOf('alice');
  const bobs = connectionOf('bob');
  void save(alices);
  const saving = save(bobs);
  await received(1);
  waiting[0]?.writeHead(201).end('{}');
  await saving;
  expect([waiting.length, ended]).toEqual([1, ['saved']]);
});

test('an answer that is cut off is none', async () => {
  const saving = connectionOf('alice').create(userSecrets, { metadata: { namespace: 'alice', name: 'one' }, spec: {} });
  await received(1);
  waiting[0]?.writeHead(201, { 'content-length': '100' }).write('{', () => waiting[0]?.destroy());
  await expect(saving).rejects.toMatchObject({ kind: 'offline' });
});
