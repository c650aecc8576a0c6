/** Takes one step for the sealing keys. Key Secrets are created by POST; they are never changed and never deleted. */
import { FIELD_MANAGERS, LABEL_MANAGED_BY, MANAGED_BY, SEALING_KEYS_CONFIG_MAP } from '../../api/index.ts';
import { mergePatch, type Clock } from '../../kernel/index.ts';
import type { Watched } from '../watched.ts';
import { newKeySecret } from './key-secrets.ts';
import type { KeyRepairs } from './key-repairs.ts';
import { creationGoal, type SealingKeysInput, type SealingKeysStep } from './plan.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { publishedData } from './status.ts';

export interface ActDependencies {
  readonly watched: Pick<Watched, 'publishedKeys'>;
  readonly sealingKeys: SealingKeys;
  readonly repairs: KeyRepairs;
  /** The operator's own namespace. */
  readonly namespace: string;
  readonly clock: Clock;
  /** Creates a pair. Tests pass their own, because RSA takes seconds. */
  readonly newSecret?: typeof newKeySecret;
}

export async function act(
  deps: ActDependencies,
  step: SealingKeysStep,
  input: SealingKeysInput,
  signal: AbortSignal,
): Promise<Partial<SealingKeysInput> | undefined> {
  const { sealingKeys, repairs, namespace, clock, newSecret = newKeySecret } = deps;
  switch (step.do) {
    case 'load':
      await sealingKeys.load(signal);
      return undefined;
    case 'create': {
      const secret = await newSecret(step.kind, namespace, clock.now());
      await sealingKeys.informer.create(secret, { fieldManager: FIELD_MANAGERS.sealingKey, signal });
      repairs.create.wrote(step.kind, creationGoal(input, step.kind));
      return undefined;
    }
    case 'publish':
      await publish(deps, signal);
      repairs.publish.wrote(namespace, input.dataHash);
      return undefined;
    default:
      return step satisfies never;
  }
}

export function describe(step: SealingKeysStep): string {
  switch (step.do) {
    case 'load':
      return 'reading the sealing keys';
    case 'create':
      return `creating a sealing key pair (${step.kind})`;
    case 'publish':
      return 'publishing the sealing keys';
    default:
      return step satisfies never;
  }
}

async function publish({ watched, sealingKeys, namespace }: ActDependencies, signal: AbortSignal): Promise<void> {
  const { publishedKeys } = watched;
  const ref = { namespace, name: SEALING_KEYS_CONFIG_MAP };
  const options = { fieldManager: FIELD_MANAGERS.sealingKey, signal };
  const labels = { [LABEL_MANAGED_BY]: MANAGED_BY };
  const data = publishedData(sealingKeys.keyring, sealingKeys.certificatePem);
  const existing = await publishedKeys.refresh(ref, signal);
  if (existing === undefined) {
    await publishedKeys.create({ metadata: { ...ref, labels }, data }, options);
    return;
  }
  const before = { metadata: { labels: existing.metadata.labels ?? {} }, data: existing.data ?? {} };
  const after = { metadata: { labels: { ...before.metadata.labels, ...labels } }, data };
  const patch = mergePatch(before, after);
  if (patch !== undefined) await publishedKeys.patch(ref, patch, options);
}
