/** Responses of a job's page that go on for as long as the page is open, or never begin. */
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { until, untilTrue } from '../../support/until.ts';
import { withOpenedJobs } from './opened-jobs-world.ts';

const { job, opened, visit, world } = withOpenedJobs({ requests: 1, requestsOfUser: 1, requestsOfEach: 0 });

test('keep no other request from its turn', async () => {
  job();
  const at = await opened();
  const socket = connect(world().console.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(`GET /drip HTTP/1.1\r\nHost: ${at.host}\r\nCookie: ${at.cookie}\r\n\r\n`);
  await until(() => text.includes('drip'), 'the page sends its news');
  try {
    expect((await visit(at, '/')).status).toBe(200);
    expect(socket.destroyed).toBe(false);
  } finally {
    socket.destroy();
  }
});

test('that never begin keep no other user from their turn', async () => {
  job();
  const at = await opened();
  const bob = await opened(await world().logIn('bob'));
  const socket = connect(world().console.port, '127.0.0.1');
  socket.write(`GET /silent HTTP/1.1\r\nHost: ${at.host}\r\nCookie: ${at.cookie}\r\n\r\n`);
  try {
    await untilTrue(async () => (await visit(bob, '/seen')).text.includes('/silent'), 'it has come to the job');
    expect((await visit(bob, '/')).status).toBe(200);
    expect(socket.destroyed).toBe(false);
  } finally {
    socket.destroy();
  }
});
