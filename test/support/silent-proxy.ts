/** An HTTP proxy that says it is connected, and passes nothing on. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface SilentProxy {
  readonly url: string;
  readonly host: string;
  /** Those that were asked for, those on which something came after that, and those that are still there. */
  connections(): { readonly asked: number; readonly begun: number; readonly open: number };
  close(): void;
}

/** `nothing`: it does not even answer. */
export async function startSilentProxy(says: 'connected' | 'nothing' = 'connected'): Promise<SilentProxy> {
  const open = new Set<Socket>();
  let [asked, begun] = [0, 0];
  const server = createServer().on('connect', (_asked, socket: Socket) => {
    asked += 1;
    open.add(socket.on('error', () => undefined).on('close', () => open.delete(socket)));
    if (says === 'connected') socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.once('data', () => (begun += 1));
    // Node keeps the half of it open.
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    host,
    url: `http://${host}`,
    connections: () => ({ asked, begun, open: open.size }),
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
