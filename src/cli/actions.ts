/** What a command does when it is called, as the files of the commands give it to commander. */
import type { Command } from 'commander';
import type { Invocation } from './factory.ts';

/** Resolves with an exit code; anything else means 0. */
type Action<T extends object> = (run: Invocation<T>, ...words: string[]) => Promise<unknown>;

export interface Actions {
  /** Wraps what a command does for commander. */
  readonly action: <T extends object>(act: Action<T>) => (this: Command, ...passed: unknown[]) => Promise<void>;
}
