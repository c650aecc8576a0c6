import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy that knows CONNECT and nothing else. */
export async function startConnectProxy(): Promise<{ readonly url: string; connections(): number; close(): void }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer();
  server.on('connect', (asked, incoming: Socket) => {
    connections += 1;
    const [host = '', port = ''] = (asked.url ?? '').split(':');
    const outgoing = connect(Number(port), host, () => {
      incoming.write('HTTP/1.1 200 OK\r\n\r\n');
      incoming.pipe(outgoing).pipe(incoming);
    });
    for (const socket of [incoming, outgoing]) sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    connections: () => connections,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
