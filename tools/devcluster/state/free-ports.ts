/**
 * Free TCP ports for servers that are stopped and started again on the same port.
 *
 * Chosen below the range from which the system takes the local ports of outgoing connections (32768 to 60999 on Linux): there, any
 * connection of the machine can sit on the port in the moment in which its server is down. Below the NodePorts, too.
 */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;

/** Held together while they are chosen, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count; tries += 1) {
      if (tries > LAST_PORT - FIRST_PORT)
        throw new RangeError(`${count} free TCP ports are needed; fewer were found from ${FIRST_PORT} to ${LAST_PORT}`);
      const port = randomInt(FIRST_PORT, LAST_PORT + 1);
      const server = await listen(port);
      if (server === undefined) continue;
      servers.push(server);
      ports.push(port);
    }
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
  return ports;
}

/** On every address, as a server with a node listens. Undefined when the port is taken. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    server.listen(port, () => resolve(server));
  });
}
