/** What a command is made of: streams, options, and a connection that is opened when it is first needed. */
import type { Connection } from './connect/connection.ts';
import type { Io } from './io.ts';
import type { GlobalOptions } from './options.ts';

export interface Factory {
  readonly io: Io;
  connect(options: GlobalOptions): Promise<Connection>;
}

/** One command under way. */
export interface Invocation<T extends object = object> {
  readonly io: Io;
  readonly options: T & GlobalOptions;
  readonly connect: () => Promise<Connection>;
  /** Another cluster, by its context. */
  readonly connectTo: (context: string) => Promise<Connection>;
}
