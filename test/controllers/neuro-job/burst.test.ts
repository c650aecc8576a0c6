/** Many jobs at once that use the same secret of someone else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { podType } from '../../../src/controllers/resources.ts';
import { borrowed, JobWorld } from './job-world.ts';

const borrows = { env: [{ name: 'PASSWORD', fromSecret: borrowed }] };
const jobs = 60;

let world: JobWorld;
beforeEach(async () => {
  world = new JobWorld();
  world.addSecret('db-password', 'p@ss');
  world.granted.add('alice/db-password');
  await world.start();
});
afterEach(() => world.stop());

/** Each review takes the API server that long, on the wall clock too. */
function reviewsTake(ms: number): void {
  const { review } = world;
  world.review = (spec) => {
    const isAllowed = review(spec);
    world.clock.stall(ms);
    return isAllowed;
  };
}

test('read its value a few times, and ask about it less than once each', async () => {
  reviewsTake(2);
  for (let index = 0; index < jobs; index += 1) world.addJob(borrows, `job-${String(index)}`);
  await world.clock.advance(0);
  expect(world.model.all(podType)).toHaveLength(jobs);
  const reads = world.requests.filter(
    ({ method, path }) => method === 'GET' && path.endsWith('/alice/secrets/db-password'),
  );
  expect(reads.length).toBeLessThanOrEqual(5);
  expect(world.reviews.length).toBeLessThan(jobs / 2);
});

test('a job that comes after access ended takes no answer that another one got', async () => {
  reviewsTake(2);
  world.addJob(borrows, 'before');
  await world.clock.advance(10);
  world.granted.clear();
  world.addJob(borrows, 'after');
  await world.clock.advance(10);
  expect(world.model.all(podType).map(({ metadata }) => metadata.name)).toEqual(['before']);
});

test('access is asked again before the Pod is made, where copying the values took longer than a moment', async () => {
  reviewsTake(2);
  world.intercept = ({ method, path }) => {
    if (method === 'POST' && path.endsWith('/bob/secrets')) {
      world.granted.clear();
      world.clock.stall(100);
    }
    return 'pass';
  };
  world.addJob(borrows, 'slow');
  await world.clock.advance(1_000);
  expect(world.model.all(podType)).toEqual([]);
});
