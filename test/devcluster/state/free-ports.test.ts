import { describe, expect, test } from 'vitest';
import { createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { freePorts } from '../../../tools/devcluster/state/free-ports.ts';

describe('free ports', () => {
  test('are many, each another, and can be listened on', async () => {
    const ports = await freePorts(50);
    expect(new Set(ports).size).toBe(50);
    for (const port of ports.slice(0, 5)) {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('are none that an outgoing connection could take while their server is down', async () => {
    const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/);
    for (const port of await freePorts(20)) expect(port).toBeLessThan(Number(range[0]));
  });
});
