/** The jobs of schedules and of the hook of one home, as the watch shows them, and the ends of their Pods, which no kubelet writes. */
import type { Shared } from './cluster-grants.ts';
import type { FoundJob } from './cluster-view.ts';
import { tickOf, wrongTogether, type Run, type ScheduleName } from './home-model.ts';

export class HomeJobs {
  /** What nothing can make right. */
  readonly wrongForever: string[] = [];
  readonly #shared: Shared;
  readonly #namespace: string;
  /** Of schedules, and of the hook, by UID; of the former those that are gone too. */
  readonly #runs = new Map<string, Run>();
  readonly #hooks = new Map<string, FoundJob>();
  /** Pods whose end was played: the watch shows it some time later. */
  readonly #ended = new Set<string>();

  constructor(shared: Shared, namespace: string) {
    this.#shared = shared;
    this.#namespace = namespace;
    shared.view.onJob(namespace, (before, after) => this.#hear(before, after));
  }

  get runs(): readonly Run[] {
    return [...this.#runs.values()];
  }

  /** Whose Pods have ended, and they have not. */
  get unended(): readonly string[] {
    const runs = this.runs.filter(({ goneMs, finishTime }) => goneMs === undefined && finishTime === undefined);
    return [...runs.map(({ name }) => name), ...this.#hookNames].filter((name) => this.#hasEnded(name));
  }

  get hookRuns(): boolean {
    return this.#hookNames.some((name) => this.#podRuns(name));
  }

  /** Of the oldest. False where there is none. */
  async endRun(succeeds: boolean): Promise<boolean> {
    return this.#endOne(
      this.runs.filter(({ goneMs }) => goneMs === undefined).map(({ name }) => name),
      succeeds,
    );
  }

  async endHook(succeeds: boolean): Promise<boolean> {
    return this.#endOne(this.#hookNames, succeeds);
  }

  #hear(before: FoundJob | undefined, after: FoundJob | undefined): void {
    const { metadata, status = {} } = after ?? before ?? {};
    const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
    if (metadata?.uid === undefined || owner === undefined) return;
    if (before !== undefined && before.metadata.uid !== metadata.uid) this.#hear(before, undefined);
    if (owner.kind === 'UserSecret') {
      if (after === undefined) this.#hooks.delete(metadata.uid);
      else this.#hooks.set(metadata.uid, after);
      return;
    }
    const schedule = owner.name as ScheduleName;
    const former = this.#runs.get(metadata.uid);
    this.#runs.set(metadata.uid, {
      ...{ name: metadata.name, uid: metadata.uid, schedule, tickMs: tickOf(metadata.name) },
      ...(after === undefined ? { goneMs: former?.goneMs ?? Date.now() } : {}),
      isDeleting: metadata.deletionTimestamp !== undefined,
      phase: status.phase,
      finishTime: status.finishTime,
    });
    this.wrongForever.push(...wrongTogether(schedule, [...this.#runs.values()]));
  }

  get #hookNames(): readonly string[] {
    return [...this.#hooks.values()]
      .filter(({ status }) => status?.finishTime === undefined)
      .map(({ metadata }) => metadata.name);
  }

  async #endOne(names: readonly string[], succeeds: boolean): Promise<boolean> {
    const found = names.find((name) => this.#podRuns(name));
    if (found === undefined) return false;
    this.#ended.add(found);
    await this.#endPod(found, succeeds);
    return true;
  }

  #podRuns(name: string): boolean {
    return this.#shared.view.hasPod(this.#namespace, name) && !this.#hasEnded(name);
  }

  #hasEnded(name: string): boolean {
    return this.#ended.has(name);
  }

  /** What a kubelet writes. */
  async #endPod(name: string, succeeds: boolean): Promise<void> {
    const at = new Date().toISOString();
    const terminated = {
      exitCode: succeeds ? 0 : 1,
      reason: succeeds ? 'Completed' : 'Error',
      startedAt: at,
      finishedAt: at,
    };
    const container = {
      name: 'job',
      image: 'busybox:1',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated },
    };
    const status = { phase: succeeds ? 'Succeeded' : 'Failed', containerStatuses: [container] };
    const path = `/api/v1/namespaces/${this.#namespace}/pods/${name}/status`;
    await this.#shared.test.request({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: { status },
    });
  }
}
