/** Waits for an object that was deleted to be gone: its dependents or a finalizer may keep it for a while. */
import {
  isKernelError,
  sleep,
  systemClock,
  watchEvents,
  type Clock,
  type KubeObject,
  type ResourceType,
} from '../../kernel/index.ts';
import type { Connection } from './connection.ts';

/** A watch that is silent for so long may be broken: look again. */
const silenceMs = 30_000;
/** Before the next look: where the object may not be watched, and where a proxy ends each watch at once. */
const pauseMs = 1_000;

interface DeletedObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Also resolves when another object has taken the name. */
export async function untilGone<T extends KubeObject>(
  { client }: Connection,
  type: ResourceType<T>,
  { namespace, name, uid }: DeletedObject,
  clock: Clock = systemClock,
): Promise<void> {
  for (;;) {
    const { metadata } = (await client.get(type, { namespace, name })) ?? {};
    if (metadata?.uid !== uid || metadata.resourceVersion === undefined) return;
    try {
      const body = await client.watch(type, {
        namespace,
        fieldSelector: `metadata.name=${name}`,
        resourceVersion: metadata.resourceVersion,
        timeoutSeconds: silenceMs / 1_000,
      });
      try {
        for await (const event of watchEvents(body, { path: name, clock, silenceMs }))
          if (event.type === 'DELETED') return;
      } finally {
        body.destroy();
      }
    } catch (error) {
      if (!isKernelError(error, 'Forbidden', 'Gone', 'Silent')) throw error;
    }
    await sleep(pauseMs, { clock });
  }
}
