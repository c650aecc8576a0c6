/**
 * The last state of Pods that went before their jobs ended. A Pod that is deleted gracefully shows how its container ended a moment before it
 * goes, and often both events come together.
 *
 * Promise: one state at most for each unfinished job, and only of a Pod of that job, so this takes no more memory than the Pods did.
 * Not promised: the state of a Pod that went while this process was not connected.
 */
import type { ObjectKey } from '../../kernel/index.ts';
import type { PodView } from '../pod-view.ts';
import type { Watched } from '../watched.ts';

export class GonePods {
  readonly #pods = new Map<ObjectKey, PodView>();

  constructor({ pods, neuroJobs }: Pick<Watched, 'pods' | 'neuroJobs'>) {
    pods.store.onChange(({ key, before, after }) => {
      const job = neuroJobs.store.get(key);
      if (job === undefined || job.status.finishTime !== undefined) return;
      // Pods of others can have the name of the job.
      const { uid } = job.metadata;
      if (after?.ownerUid === uid) this.#pods.delete(key);
      else if (before?.ownerUid === uid) this.#pods.set(key, before);
    });
    neuroJobs.store.onChange(({ key, before, after }) => {
      const isOver = after?.metadata.uid !== before?.metadata.uid || after?.status.finishTime !== undefined;
      if (isOver) this.#pods.delete(key);
    });
  }

  /** The last Pod of the job, if it is gone. */
  of(key: ObjectKey, jobUid: string): PodView | undefined {
    const pod = this.#pods.get(key);
    return pod?.ownerUid === jobUid ? pod : undefined;
  }
}
