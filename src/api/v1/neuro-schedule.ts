/* Generated from crds/neuroschedules.yaml by "npm run generate"; edit that file instead. */
import type { Condition } from '../conditions.ts';
import type { ObjectMeta } from '../object-meta.ts';

/**
 * What happens when it is time and the former job has not ended. Allow (default) runs both, Forbid waits for the former one, Replace deletes the former one.
 */
export type NeuroScheduleConcurrencyPolicy = 'Allow' | 'Forbid' | 'Replace';
/**
 * How it ended.
 */
export type NeuroScheduleLastFinishedPhase = 'Succeeded' | 'Failed' | 'Cancelled';

/**
 * Runs copies of a suspended NeuroJob at set times, as a CronJob does. The jobs are ordinary NeuroJobs of the namespace: they get the secrets that the namespace can use when they start.
 */
export interface NeuroSchedule {
  readonly apiVersion?: 'neu.ro/v1';
  readonly kind?: 'NeuroSchedule';
  readonly metadata: ObjectMeta;
  readonly spec: NeuroScheduleSpec;
  readonly status?: NeuroScheduleStatus;
}
/**
 * What to run, and when.
 */
export interface NeuroScheduleSpec {
  /**
   * When it runs, as five fields of cron (minute, hour, day of the month, month, day of the week), or @hourly, @daily, @weekly, @monthly or @yearly. At most once a minute.
   */
  readonly schedule: string;
  /**
   * Name of the time zone of the schedule, such as Europe/Berlin. Omitted, UTC.
   */
  readonly timeZone?: string;
  readonly jobTemplate: NeuroScheduleJobTemplate;
  /**
   * true pauses the schedule. Running jobs continue. Times that pass meanwhile are skipped.
   */
  readonly suspend?: boolean;
  readonly concurrencyPolicy?: NeuroScheduleConcurrencyPolicy;
  /**
   * How many seconds late a job may start, after the operator or the cluster was down. Omitted, the last missed time runs late, without a limit.
   */
  readonly startingDeadlineSeconds?: number;
  /**
   * How many jobs that succeeded are kept. Default 3.
   */
  readonly successfulJobsHistoryLimit?: number;
  /**
   * How many jobs that failed or were cancelled are kept. Default 1.
   */
  readonly failedJobsHistoryLimit?: number;
  /**
   * What the schedule is for. Free text.
   */
  readonly description?: string;
}
/**
 * The job to run, a NeuroJob of the same namespace with spec.suspend. It can be created later.
 */
export interface NeuroScheduleJobTemplate {
  /**
   * metadata.name of that NeuroJob.
   */
  readonly name: string;
}
/**
 * What the operator found and did. Written by the operator only.
 */
export interface NeuroScheduleStatus {
  /**
   * metadata.generation of the object that this status describes.
   */
  readonly observedGeneration?: number;
  /**
   * The schedule and time zone that are in force. Absent while it is paused or cannot run.
   */
  readonly inForce?: string;
  /**
   * When these came into force. Earlier times are skipped.
   */
  readonly since?: string;
  /**
   * The latest time of the schedule for which a job was created.
   */
  readonly lastScheduleTime?: string;
  /**
   * The last time for which no job was created, because startingDeadlineSeconds had passed.
   */
  readonly lastMissedTime?: string;
  /**
   * When a job last succeeded.
   */
  readonly lastSuccessfulTime?: string;
  /**
   * When the next job is due. Absent while the schedule is paused, and where no time matches it.
   */
  readonly nextScheduleTime?: string;
  /**
   * How many jobs have not ended.
   */
  readonly activeCount?: number;
  /**
   * The jobs that have not ended, the oldest first; at most 10.
   */
  readonly active?: readonly NeuroScheduleActive[];
  readonly lastFinished?: NeuroScheduleLastFinished;
  /**
   * Ready (it runs on its schedule, or is paused), and Reconciling or Stalled where it cannot.
   */
  readonly conditions?: readonly Condition[];
}
export interface NeuroScheduleActive {
  /**
   * metadata.name of the NeuroJob.
   */
  readonly name: string;
}
/**
 * The job that ended last.
 */
export interface NeuroScheduleLastFinished {
  /**
   * metadata.name of the NeuroJob.
   */
  readonly name: string;
  readonly phase?: NeuroScheduleLastFinishedPhase;
  /**
   * Reason of that, in one word.
   */
  readonly reason?: string;
  /**
   * When it ended.
   */
  readonly time?: string;
}
