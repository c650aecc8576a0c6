/** Which addresses of this machine lead to a job. The streams to the Pod are tested on a real cluster. */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import type { Connection } from '../../../src/cli/connect/connection.ts';
import { forwardPorts, type Forwarding } from '../../../src/cli/jobs/forward-ports.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function takePort(port: number, host: string): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function forward(local: number): Promise<Forwarding> {
  const forwarding = await forwardPorts({} as Connection, [{ local, remote: 80 }], {
    podNow: () => Promise.reject(new Error('nobody connects')),
    tell: () => undefined,
    sentenceOf: String,
  });
  ends.push(() => forwarding.close());
  return forwarding;
}

test.runIf(hasIpv6)('a port that another program has on ::1 is refused, and is free again on 127.0.0.1', async () => {
  const taken = await takePort(0, '::1');
  await expect(forward(taken)).rejects.toMatchObject({
    code: 'inputOutput',
    message: `Port ${String(taken)} of this machine cannot be opened on ::1 (another program has it); choose another, or 0 for a free one.`,
  });
  expect(await takePort(taken, '127.0.0.1')).toBe(taken);
});

test('a free port is taken on every address of this machine', async () => {
  const { pairs } = await forward(0);
  const local = pairs[0]?.local ?? 0;
  for (const host of ['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])
    await expect(takePort(local, host)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
