/**
 * The operator's own status: ConfigMap `neuro-operator-status` in its namespace, written by the leader where it differs. It says whether
 * the admission policies are in place, for `neuro doctor` and for people without metrics. Who leads is in the Lease.
 */
import { FIELD_MANAGERS, LABEL_MANAGED_BY, MANAGED_BY, STATUS_CONFIG_MAP } from '../api/index.ts';
import { configMapType, type ConfigMap } from '../controllers/resources.ts';
import type { KubeClient, Logger } from '../kernel/index.ts';
import type { PolicyState } from './policy-watch.ts';

interface StatusMapOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly policies: PolicyState;
  readonly log: Pick<Logger, 'warn'>;
}

export class StatusMap {
  readonly #options: StatusMapOptions;
  #leading: AbortSignal | undefined;

  constructor(options: StatusMapOptions) {
    this.#options = options;
    options.policies.onChange(() => void this.#write());
  }

  /** Writes now, and at each change until the signal is aborted. A failure is logged: the next change writes again. */
  async run(signal: AbortSignal): Promise<void> {
    this.#leading = signal;
    await this.#write();
  }

  async #write(): Promise<void> {
    const { client, namespace, policies, log } = this.#options;
    const signal = this.#leading;
    if (signal === undefined || signal.aborted) return;
    const ref = { namespace, name: STATUS_CONFIG_MAP };
    const data = { policies: policies.areInPlace ? 'ok' : `missing: ${policies.problems.join('; ')}` };
    const options = { fieldManager: FIELD_MANAGERS.operator, signal };
    try {
      const existing = await client.get<ConfigMap>(configMapType, ref, { signal });
      if (existing?.data?.['policies'] === data.policies) return;
      const metadata = { ...ref, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } };
      if (existing === undefined) await client.create<ConfigMap>(configMapType, { metadata, data }, options);
      else await client.patch<ConfigMap>(configMapType, ref, { data }, options);
    } catch (error) {
      if (this.#leading?.aborted !== true) log.warn({ error }, `writing the ConfigMap ${STATUS_CONFIG_MAP} failed`);
    }
  }
}
