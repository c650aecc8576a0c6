import { describe, expect, test } from 'vitest';
import { World, copies, sizes, things } from './world.ts';

/** `SIMULATION_SEED=7` repeats one run; `SIMULATION_RUNS=500` looks longer. */
const only = process.env['SIMULATION_SEED'];
const runs = Number(process.env['SIMULATION_RUNS'] ?? 15);
const seeds = only === undefined ? Array.from({ length: runs }, (_, index) => index + 1) : [Number(only)];
const steps = 250;

describe('a simulated world', () => {
  test.each(seeds)('comes to rest in the right state after everything went wrong (seed %d)', async (seed) => {
    const world = new World(seed);
    world.faultRate = 0.3;
    for (let step = 0; step < steps; step += 1) await world.step();
    world.faultRate = 0;
    // The longest that may be outstanding: the silence of a frozen watch, and the longest backoff.
    await world.clock.advance(900_000);

    expect(world.violations).toEqual([]);
    const wanted = sizes(world.model.all(things) as never);
    expect(sizes(world.model.all(copies) as never)).toEqual(wanted);
    expect(sizes(world.informers.things.store.values())).toEqual(wanted);
    expect(sizes(world.informers.copies.store.values())).toEqual(wanted);
    for (const key of Object.keys(wanted)) expect(world.controller.queue.failures(key)).toBe(0);

    const writes = world.transport.requests.filter(({ method }) => method !== 'GET').length;
    await world.clock.advance(3_600_000);
    expect(world.transport.requests.filter(({ method }) => method !== 'GET').length).toBe(writes);
    await world.stop();
    expect(world.clock.timerCount).toBe(0);
  });
});
