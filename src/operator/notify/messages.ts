/**
 * The messages for the webhook: jobs that ended, and access that is about to end. They have names, phases and times; never a value, an output or
 * a text that a container wrote. Pure.
 */
import { formatSubject, parseTimeMs } from '../../api/index.ts';
import type { NeuroJobView } from '../../controllers/neuro-job-view.ts';
import type { SecretGrantView } from '../../controllers/views.ts';
import type { StoreChange } from '../../kernel/index.ts';

export const notificationEvents = ['JobSucceeded', 'JobFailed', 'JobCancelled', 'AccessEnding'] as const;
export type NotificationEvent = (typeof notificationEvents)[number];

export interface Notification {
  readonly event: NotificationEvent;
  /** Whose share of messages it takes, and by which it finds its address. */
  readonly namespace: string;
  readonly text: string;
}

const hourMs = 3_600_000;
/** How long before its end access is called near; the second for access that does not last as long as the first. */
const warnings = [24 * hourMs, hourMs] as const;
/** Characters of one name in a message: names of subjects can have hundreds. */
const longestName = 200;

/**
 * Only a change that this process saw: what the first list holds ended earlier, and had its message then. So nothing is said twice after a
 * restart.
 */
export function ofJobChange({ before, after }: StoreChange<NeuroJobView>): Notification | undefined {
  if (before === undefined || after === undefined || before.metadata.uid !== after.metadata.uid) return undefined;
  if (before.status.finishTime !== undefined || after.status.finishTime === undefined) return undefined;
  const { namespace, name } = after.metadata;
  const { phase, reason = '' } = after.status;
  const job = `Job ${shown(name)} in ${shown(namespace)}`;
  switch (phase) {
    case 'Succeeded':
      return { event: 'JobSucceeded', namespace, text: `${job} succeeded.` };
    case 'Failed':
      return { event: 'JobFailed', namespace, text: `${job} failed${reason === '' ? '' : ` (${reason})`}.` };
    case 'Cancelled':
      return { event: 'JobCancelled', namespace, text: `${job} was cancelled.` };
    default:
      return undefined;
  }
}

/** Grants whose warning fell due after `sinceMs` and up to `nowMs`. */
export function endingsBetween(
  grants: Iterable<SecretGrantView>,
  sinceMs: number,
  nowMs: number,
): readonly Notification[] {
  const found: Notification[] = [];
  for (const { metadata, spec, status } of grants) {
    const endMs = spec.expiresAt === undefined ? undefined : parseTimeMs(spec.expiresAt);
    if (endMs === undefined || endMs <= nowMs) continue;
    // A grant that the operator has not handled yet becomes active within a moment.
    if (status.phase !== undefined && status.phase !== 'Active') continue;
    const madeMs = parseTimeMs(metadata.creationTimestamp) ?? 0;
    const due = warnings.map((aheadMs) => endMs - aheadMs).find((atMs) => atMs > madeMs);
    if (due === undefined || due <= sinceMs || due > nowMs) continue;
    const what = spec.secret === undefined ? 'all secrets' : `secret ${shown(spec.secret)}`;
    const text = `Access of ${shown(formatSubject(spec.subject))} to ${what} in ${shown(metadata.namespace)} ends at ${new Date(endMs).toISOString()}.`;
    found.push({ event: 'AccessEnding', namespace: metadata.namespace, text });
  }
  return found;
}

/** Tenants choose names: none may become a mention, a link or another line in a chat. Code is shown as it is. */
function shown(name: string): string {
  const text = name
    .slice(0, longestName)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('`', "'");
  return `\`${text}\``;
}
