/**
 * Looks now and then which access is about to end. How far it has looked is written to a ConfigMap before a message is sent, so that the
 * operator that comes next says nothing twice, and catches up with what fell due in between.
 */
import { FIELD_MANAGERS, LABEL_MANAGED_BY, MANAGED_BY, NOTIFIED_CONFIG_MAP, parseTimeMs } from '../../api/index.ts';
import { configMapType, type ConfigMap } from '../../controllers/resources.ts';
import type { SecretGrantView } from '../../controllers/views.ts';
import { sleep, type Clock, type KubeClient, type Logger } from '../../kernel/index.ts';
import { endingsBetween, type Notification } from './messages.ts';

interface AccessEndingsOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'patch'>;
  /** The operator's own. */
  readonly namespace: string;
  readonly grants: () => Iterable<SecretGrantView>;
  readonly push: (message: Notification) => void;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

const lookEveryMs = 60_000;
/** Grants reach this process a moment after they were made: a look goes up to that long ago, so that none is missed. */
const settleMs = 5_000;
/** How often it is written while no message is sent: one object of 100 bytes. */
const writeEveryMs = 600_000;
/** After a pause longer than this, the oldest warnings are useless. */
const catchUpMs = 24 * 3_600_000;

/** Runs until `signal` is aborted. A failure is logged, and the next look does what this one could not. */
export async function followAccessEndings(options: AccessEndingsOptions, signal: AbortSignal): Promise<void> {
  const { grants, push, clock, log } = options;
  let sinceMs: number | undefined;
  let writtenMs = 0;
  try {
    for (;;) {
      const nowMs = clock.now() - settleMs;
      try {
        if (sinceMs === undefined) {
          const known = await readMark(options, signal);
          sinceMs = known === undefined ? nowMs : Math.max(known, nowMs - catchUpMs);
        }
        const found = endingsBetween(grants(), sinceMs, nowMs);
        if (found.length > 0 || nowMs - writtenMs >= writeEveryMs) {
          await writeMark(options, nowMs, signal);
          writtenMs = nowMs;
        }
        sinceMs = nowMs;
        for (const message of found) push(message);
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ error }, 'looking for access that is about to end failed, retrying');
      }
      await sleep(lookEveryMs, { clock, signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function readMark({ client, namespace }: AccessEndingsOptions, signal: AbortSignal): Promise<number | undefined> {
  const map = await client.get<ConfigMap>(configMapType, { namespace, name: NOTIFIED_CONFIG_MAP }, { signal });
  return parseTimeMs(map?.data?.['accessUntil'] ?? '');
}

async function writeMark(
  { client, namespace }: AccessEndingsOptions,
  atMs: number,
  signal: AbortSignal,
): Promise<void> {
  const ref = { namespace, name: NOTIFIED_CONFIG_MAP };
  const data = { accessUntil: new Date(atMs).toISOString() };
  const options = { fieldManager: FIELD_MANAGERS.operator, signal };
  if ((await client.get<ConfigMap>(configMapType, ref, { signal })) === undefined) {
    const metadata = { ...ref, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } };
    await client.create<ConfigMap>(configMapType, { metadata, data }, options);
  } else await client.patch<ConfigMap>(configMapType, ref, { data }, options);
}
