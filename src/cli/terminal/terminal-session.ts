/** A terminal here joined to one in a container: keys, output, size. */
import { PassThrough, type Writable } from 'node:stream';
import type { CommandEnd, RemoteCommand } from '../../streams/index.ts';
import type { Io } from '../io.ts';
import { createDetachKeys } from './detach-keys.ts';
import { inRawMode } from './raw-mode.ts';

interface SessionOptions {
  /** Ctrl-P Ctrl-Q leaves it. */
  readonly canDetach?: boolean;
  /** Default: standard output. */
  readonly output?: Writable;
}

/** Until the command has ended, or the keys to leave it were typed. */
export async function terminalSession(
  io: Io,
  command: RemoteCommand,
  { canDetach = false, output = io.stdout }: SessionOptions = {},
): Promise<CommandEnd | 'detached'> {
  const tellSize = (): void => {
    // Unknown where the output goes elsewhere.
    if (io.isOutputTerminal) command.resize({ columns: io.columns, rows: io.rows });
  };
  const keys = new PassThrough();
  const detachKeys = createDetachKeys();
  const session = { isLeft: false };
  const onKeys = (chunk: Buffer | string): void => {
    const passed = canDetach ? detachKeys.take(Buffer.from(chunk as Buffer)) : Buffer.from(chunk as Buffer);
    if (passed !== undefined) keys.write(passed);
    else {
      session.isLeft = true;
      command.close();
    }
  };
  const leave = io.onResize(tellSize);
  io.stdin.on('data', onKeys);
  try {
    return await inRawMode(io, async () => {
      tellSize();
      return await command.run({ stdin: keys, stdout: output, stderr: output });
    });
  } catch (error) {
    if (session.isLeft) return 'detached';
    throw error;
  } finally {
    leave();
    io.stdin.off('data', onKeys);
    keys.destroy();
  }
}
