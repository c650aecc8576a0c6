/** A schedule and its job are made together. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import type { NeuroJob, NeuroSchedule } from '../../../../src/api/index.ts';
import { ClusterError } from '../../../../src/console/web/cluster/errors.ts';
import { neuroSchedules, type ResourceName } from '../../../../src/console/web/cluster/object.ts';
import type { Cluster } from '../../../../src/console/web/cluster/use-cluster.ts';
import { createSchedule } from '../../../../src/console/web/schedules/schedule-writes.ts';

const schedule: NeuroSchedule = {
  metadata: { namespace: 'alice', name: 'nightly', uid: 'u' },
  spec: { schedule: '@daily', jobTemplate: { name: 'nightly' } },
};
const job: NeuroJob = { metadata: { namespace: 'alice', name: 'nightly' }, spec: { image: 'busybox:1' } };
const refused = new ClusterError('forbidden', 'You may not create jobs.');

/** A cluster that refuses the job; `undo` is what becomes of the deletion of the schedule. */
function refusing(undo: ClusterError | undefined): { readonly cluster: Cluster; readonly deleted: string[] } {
  const deleted: string[] = [];
  const connection = {
    create: (type: ResourceName) => (type === neuroSchedules ? Promise.resolve(schedule) : Promise.reject(refused)),
    delete: (_type: ResourceName, { name }: { readonly name: string }) => {
      deleted.push(name);
      return undo === undefined ? Promise.resolve() : Promise.reject(undo);
    },
  };
  return { cluster: { connection } as unknown as Cluster, deleted };
}

test.each([undefined, new ClusterError('notFound', 'Gone.'), new ClusterError('conflict', 'Another one.')])(
  'a schedule whose job is refused is deleted again, and the error is that of the job (%s)',
  async (undo) => {
    const { cluster, deleted } = refusing(undo);
    await expect(createSchedule(cluster, schedule, job)).rejects.toBe(refused);
    expect(deleted).toEqual(['nightly']);
  },
);

test('a schedule whose job is refused and that cannot be deleted again is named, with the reason', async () => {
  const { cluster } = refusing(new ClusterError('forbidden', 'You may not delete schedules.'));
  await expect(createSchedule(cluster, schedule, job)).rejects.toMatchObject({
    kind: 'forbidden',
    message:
      'The schedule nightly has no job to start, and could not be deleted again: delete it, or have it deleted. You may not create jobs.',
  });
});
