/** Pods, Secrets, Roles and RoleBindings of the whole cluster by watch, so that a step ends when its last change arrives. */
import { setTimeout as sleep } from 'node:timers/promises';
import { neuroJobType, podType, roleBindingType, roleType, secretType } from '../../src/controllers/resources.ts';
import {
  KubeClient,
  loadAccess,
  Reflector,
  Store,
  Transport,
  undiciHttp,
  type KubeObject,
  type ResourceType,
} from '../../src/kernel/index.ts';
import type { TestCluster } from '../support/cluster.ts';
import type { FoundSecret } from '../support/operator-world.ts';

export interface FoundJob extends KubeObject {
  readonly status?: { readonly phase?: string; readonly finishTime?: string };
}

export class ClusterView {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #pods = new Store<KubeObject>();
  readonly #jobs = new Store<FoundJob>();
  readonly #secrets = new Store<KubeObject>({ namespace: ({ metadata }) => [metadata.namespace ?? ''] });
  /** Changes of Roles and RoleBindings, by namespace. */
  readonly #rights = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #transport: Transport;

  private constructor(transport: Transport) {
    this.#transport = transport;
  }

  static async start({ cluster }: TestCluster): Promise<ClusterView> {
    const access = await loadAccess({ kubeconfig: cluster.kubeconfigPath('admin') });
    const view = new ClusterView(new Transport({ access, http: undiciHttp, userAgent: 'neuro-model' }));
    await Promise.all([
      view.#watch(podType, view.#pods),
      view.#watch(secretType, view.#secrets),
      view.#watch(neuroJobType as unknown as ResourceType<FoundJob>, view.#jobs),
      ...[roleType, roleBindingType].map((type) => view.#watch(type as ResourceType, new Store(), true)),
    ]);
    return view;
  }

  hasPod(namespace: string, name: string): boolean {
    return this.#pods.get(`${namespace}/${name}`) !== undefined;
  }

  /** Each state of each NeuroJob of the namespace, in order; `after` undefined: it is gone. */
  onJob(namespace: string, heard: (before: FoundJob | undefined, after: FoundJob | undefined) => void): void {
    this.#jobs.onChange(({ before, after }) => {
      if ((after ?? before)?.metadata.namespace === namespace) heard(before, after);
    });
  }

  secret(namespace: string, name: string): FoundSecret | undefined {
    return this.#secrets.get(`${namespace}/${name}`) as FoundSecret | undefined;
  }

  secrets(namespace: string): readonly FoundSecret[] {
    return this.#secrets.byIndex('namespace', namespace) as readonly FoundSecret[];
  }

  /** Grows with each change of a Role or RoleBinding. */
  rightsVersion(namespace: string): number {
    return this.#rights.get(namespace) ?? 0;
  }

  /** Resolves with the next change in one of the namespaces, or after `limitMs`. */
  async nextChange(namespaces: readonly string[], limitMs: number): Promise<void> {
    const over = new AbortController();
    const wake = (): void => over.abort();
    for (const namespace of namespaces) {
      const waiting = this.#waiting.get(namespace) ?? new Set();
      this.#waiting.set(namespace, waiting.add(wake));
    }
    await sleep(limitMs, undefined, { signal: over.signal }).catch(() => undefined);
    for (const namespace of namespaces) this.#waiting.get(namespace)?.delete(wake);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
    await this.#transport.close();
  }

  async #watch<T extends KubeObject>(type: ResourceType<T>, store: Store<T>, isRight = false): Promise<void> {
    const client = new KubeClient({ transport: this.#transport });
    store.onChange(({ before, after }) => {
      const { namespace = '' } = (after ?? before)?.metadata ?? {};
      if (isRight) this.#rights.set(namespace, this.rightsVersion(namespace) + 1);
      for (const wake of this.#waiting.get(namespace) ?? []) wake();
    });
    const reflector = new Reflector<T, T>({ client, type, store, project: (object) => object });
    this.#running.push(reflector.run(this.#stopping.signal));
    await reflector.whenSynced();
  }
}
