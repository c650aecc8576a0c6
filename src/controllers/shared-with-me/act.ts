/** Writes the list of one namespace. */
import { FIELD_MANAGERS, SHARED_WITH_ME_CONFIG_MAP } from '../../api/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { Watched } from '../watched.ts';
import { configMapOf } from './gather.ts';
import type { Omissions } from './omissions.ts';
import type { SharedWithMeInput, SharedWithMeStep } from './plan.ts';

export interface ActDependencies {
  readonly watched: Pick<Watched, 'sharedLists'>;
  readonly omissions: Omissions;
  readonly repairs: RepairLimiter;
  /** Called when a bound leaves entries out. */
  readonly onBound: (bound: string) => void;
}

export async function act(
  { watched, omissions, repairs, onBound }: ActDependencies,
  step: SharedWithMeStep,
  { namespace, data, dataHash, omitted }: SharedWithMeInput,
  signal: AbortSignal,
): Promise<Partial<SharedWithMeInput> | undefined> {
  const { sharedLists } = watched;
  const options = { fieldManager: FIELD_MANAGERS.sharedWithMe, signal };
  const object = configMapOf(namespace, data);
  switch (step.do) {
    case 'note-omitted':
      omissions.set(namespace, omitted);
      if (omitted.size > 0) onBound('shared_list_entries');
      return undefined;
    case 'create':
      try {
        await sharedLists.create(object, options);
        repairs.wrote(namespace, dataHash);
        return undefined;
      } catch (error) {
        if (!isKernelError(error, 'AlreadyExists')) throw error;
        return { isTaken: true };
      }
    case 'replace': {
      const metadata = { ...object.metadata, resourceVersion: step.resourceVersion };
      await sharedLists.replace({ ...object, metadata }, options);
      repairs.wrote(namespace, dataHash);
      return undefined;
    }
    case 'delete': {
      const ref = { namespace, name: SHARED_WITH_ME_CONFIG_MAP };
      await sharedLists.delete(ref, { uid: step.uid, signal });
      repairs.wrote(namespace, dataHash);
      return undefined;
    }
    default:
      return step satisfies never;
  }
}

export function describe(step: SharedWithMeStep): string {
  return `${step.do === 'note-omitted' ? 'noting the omissions of' : `${step.do.replace(/e$/, '')}ing`} the ConfigMap '${SHARED_WITH_ME_CONFIG_MAP}'`;
}
