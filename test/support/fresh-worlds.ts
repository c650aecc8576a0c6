/** For a test file: each test has a world of its own, which starts before it and has no error at its end. */
import { afterEach, beforeEach, expect } from 'vitest';

interface World {
  readonly errors: readonly unknown[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function freshWorlds<W extends World>(make: () => W, ready: (world: W) => void): void {
  let world: W;
  beforeEach(async () => {
    world = make();
    ready(world);
    await world.start();
  });
  afterEach(async () => {
    await world.stop();
    expect(world.errors).toEqual([]);
  });
}
