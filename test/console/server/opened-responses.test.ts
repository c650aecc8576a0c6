/** Responses of a job's page that go on for as long as the page is open. */
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '../../support/until.ts';
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
