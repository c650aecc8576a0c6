import { describe, expect, test } from 'vitest';
import type { NeuroJob } from '../../../src/api/index.ts';
import { NewJobs } from '../../../src/controllers/neuro-job/new-jobs.ts';
import type { ObjectMeta } from '../../../src/kernel/index.ts';

type Raw = NeuroJob & { readonly metadata: ObjectMeta };

function world() {
  let see: (job: Raw) => void = () => undefined;
  const jobs = new NewJobs({ onSeen: (listener) => (see = listener) });
  return { jobs, see: (job: Raw) => see(job) };
}

function job(uid: string, more: Partial<ObjectMeta> = {}, spec: Partial<NeuroJob['spec']> = {}): Raw {
  return {
    metadata: { namespace: 'bob', name: uid, uid, resourceVersion: '1', labels: { team: 'a' }, ...more },
    spec: { image: 'busybox', ...spec },
  };
}

describe('a job that has just come', () => {
  test('is at hand once, with its labels', () => {
    const { jobs, see } = world();
    see(job('a'));
    expect(jobs.take({ uid: 'a', resourceVersion: '1' })).toMatchObject({
      spec: { image: 'busybox' },
      metadata: { labels: { team: 'a' } },
    });
    expect(jobs.take({ uid: 'a', resourceVersion: '1' })).toBeUndefined();
  });

  test('is not at hand in another state, or as another job of its name', () => {
    const { jobs, see } = world();
    see(job('a'));
    expect(jobs.take({ uid: 'a', resourceVersion: '2' })).toBeUndefined();
    see(job('b'));
    expect(jobs.take({ uid: 'c', resourceVersion: '1' })).toBeUndefined();
  });

  test('is as it came last', () => {
    const { jobs, see } = world();
    see(job('a'));
    see(job('a', { resourceVersion: '2', labels: { team: 'b' } }));
    expect(jobs.take({ uid: 'a', resourceVersion: '2' })?.metadata.labels).toEqual({ team: 'b' });
  });

  test('is not kept once it has a status, is being deleted, or is large', () => {
    const { jobs, see } = world();
    const large = { description: 'x'.repeat(17 * 1024) };
    see({ ...job('a'), status: { phase: 'Pending' } });
    see(job('b', { deletionTimestamp: '2026-01-01T00:00:00Z' }));
    see(job('c', {}, large));
    for (const uid of ['a', 'b', 'c']) expect(jobs.take({ uid, resourceVersion: '1' })).toBeUndefined();
  });

  test('goes when there are so many that they would take more than 1 MiB, the oldest first', () => {
    const { jobs, see } = world();
    for (let index = 0; index < 200; index += 1) see(job(String(index), {}, { description: 'x'.repeat(10 * 1024) }));
    expect(jobs.take({ uid: '0', resourceVersion: '1' })).toBeUndefined();
    expect(jobs.take({ uid: '199', resourceVersion: '1' })).toBeDefined();
  });
});
