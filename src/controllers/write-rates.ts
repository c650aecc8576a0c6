/**
 * Bounds on the bytes that one namespace can make the operator write into etcd again, whatever its users change, delete and create to cause it.
 * The first answer to what a user asked for is never delayed, and neither is an end: of access, or of a job.
 */
import type { Clock } from '../kernel/index.ts';
import { NamespaceRate } from './namespace-rate.ts';

/**
 * Values of jobs and copies, values that are restored or rotated, large RoleBindings, and statuses in which something changed. At most twice as
 * much is written in any minute: 12 MiB. etcd keeps it until the next compaction, five minutes later: 40 MiB of its 2 GiB. A job whose values
 * are the largest allowed (32 MiB) starts too.
 */
const changedBytesPerMinute = 6 * 1024 * 1024;
/** Statuses in which only details changed, such as counts: some thousand of ordinary size, or two of the largest UserSecrets. */
const detailBytesPerMinute = 2 * 1024 * 1024;

/** How much it matters that a status is written again. Details have a bound of their own, so that they never delay what people wait for. */
export type StatusWeight = 'change' | 'detail';

export type WriteRates = Readonly<Record<StatusWeight, Pick<NamespaceRate, 'take' | 'waitMs'>>>;

/** All controllers share them, so that the bound of a namespace holds for all of them together. */
export function writeRates(clock: Clock, onBound?: (bound: string) => void): WriteRates {
  const rate = (bytesPerMinute: number, bound: string): NamespaceRate =>
    new NamespaceRate({ perMinute: bytesPerMinute, clock, onRefused: () => onBound?.(bound) });
  return {
    change: rate(changedBytesPerMinute, 'bytes_written_again'),
    detail: rate(detailBytesPerMinute, 'bytes_of_details'),
  };
}
