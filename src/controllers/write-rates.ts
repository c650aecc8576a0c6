/**
 * Bounds on what one namespace has the operator write into etcd again, whatever its people change, delete and make to bring it about. What a
 * person asked for and has no answer yet is written at once, and so is every end: of access, and of a job.
 */
import type { Clock } from '../kernel/index.ts';
import { ByteRate } from './byte-rate.ts';

/**
 * Values of jobs and copies, values that are restored or rotated, large RoleBindings, and statuses in which something changed. In any minute at most twice as much
 * is written: 12 MiB. etcd keeps it until the next compaction, five minutes later: 40 MiB of its 2 GiB. A job with the largest allowed values
 * has 32 MiB, and starts.
 */
const changedBytesPerMinute = 6 * 1024 * 1024;
/** Statuses in which only details changed, such as counts: some thousand of ordinary size, or two of the largest UserSecrets. */
const detailBytesPerMinute = 2 * 1024 * 1024;

/** What a status changes that is written again: a detail is never worth a delay of what people wait for. */
export type StatusWeight = 'change' | 'detail';

export type WriteRates = Readonly<Record<StatusWeight, Pick<ByteRate, 'take'>>>;

/** Those of all controllers, so that a namespace has one bound in all. */
export function writeRates(clock: Clock, onBound?: (bound: string) => void): WriteRates {
  const rate = (bytesPerMinute: number, bound: string): ByteRate =>
    new ByteRate({ bytesPerMinute, clock, onRefused: () => onBound?.(bound) });
  return {
    change: rate(changedBytesPerMinute, 'bytes_written_again'),
    detail: rate(detailBytesPerMinute, 'bytes_of_details'),
  };
}
