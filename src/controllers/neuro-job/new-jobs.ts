/**
 * Jobs that have just come, whole, as the watch brought them: what the store does not keep of a job is then at hand when its Pod is made,
 * a moment later, and need not be read.
 *
 * Promise: `take` gives only the very state that was asked for. Not promised: that a job is here; the oldest go when there are many.
 */
import type { NeuroJob } from '../../api/index.ts';
import type { Informer, KubeObject, ObjectMeta } from '../../kernel/index.ts';
import type { ViewMeta } from '../meta-view.ts';

type Raw = NeuroJob & { readonly metadata: ObjectMeta };
/** The part of a job that its Pod is built from. */
export type NewJob = Pick<Raw, 'spec'> & { readonly metadata: Pick<ObjectMeta, 'uid' | 'resourceVersion' | 'labels'> };

/** The size of all jobs here as JSON; in memory they take about four times as much. A job that is not here costs one request. */
const mostBytes = 1024 * 1024;
/** A job that is larger is not kept: few are, and one must not drive out hundreds. */
const mostBytesOfOne = 16 * 1024;

export class NewJobs {
  /** New jobs by UID, the oldest first. */
  readonly #jobs = new Map<string, { readonly job: NewJob; readonly bytes: number }>();
  /** Invariant: the sum over `#jobs`. */
  #bytes = 0;

  constructor(informer: Pick<Informer<Raw, KubeObject>, 'onSeen'>) {
    informer.onSeen((job) => this.#see(job));
  }

  /** The job, if it is here in exactly that state; then it is here no longer. */
  take({ uid, resourceVersion }: Pick<ViewMeta, 'uid' | 'resourceVersion'>): NewJob | undefined {
    const job = this.#jobs.get(uid)?.job;
    this.#forget(uid);
    return job?.metadata.resourceVersion === resourceVersion ? job : undefined;
  }

  #see(job: Raw): void {
    const { uid, resourceVersion, labels = {} } = job.metadata;
    if (uid === undefined || resourceVersion === undefined) return;
    this.#forget(uid);
    // Something was said of it already: it is not new.
    if (job.status?.phase !== undefined || job.metadata.deletionTimestamp !== undefined) return;
    const bytes = JSON.stringify([job.spec, labels]).length;
    if (bytes > mostBytesOfOne) return;
    this.#jobs.set(uid, { job: { spec: job.spec, metadata: { uid, resourceVersion, labels } }, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#jobs.keys()) {
      if (this.#bytes <= mostBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(uid: string): void {
    this.#bytes -= this.#jobs.get(uid)?.bytes ?? 0;
    this.#jobs.delete(uid);
  }
}
