/**
 * One home on a real control plane, with the operator as a process. No kubelet runs: the ends of Pods are played. Time is real, and schedules are due
 * each minute.
 */
import { LABEL_HISTORY, LABEL_USER_SECRET } from '../../src/api/index.ts';
import { newPair, pairData } from '../support/certificate-pair.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';
import type { Shared } from './cluster-grants.ts';
import type { HomeSystem } from './home-commands.ts';
import { HomeJobs } from './home-jobs.ts';
import {
  followed,
  keptFormer,
  keptRotated,
  keptRuns,
  noteValue,
  policyOf,
  unfinishedRuns,
  wrongFollower,
  wrongRuns,
  type Followed,
  type HomeModel,
  type ScheduleName,
} from './home-model.ts';
import { untilRight } from './look.ts';

const pairs = await Promise.all([newPair(), newPair(), newPair()]);
const pairKey = 'tls-combined.pem';
const template = 'template';
const hook = 'hook';

interface FoundSchedule {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly observedGeneration?: number };
}

export class ClusterHome implements HomeSystem {
  looks = 0;
  stepsWithout = 0;
  /** Rotations whose value came into force. */
  rotations = 0;
  readonly #shared: Shared;
  readonly #world: OperatorWorld;
  readonly #namespace: string;
  readonly #jobs: HomeJobs;

  private constructor(shared: Shared, namespace: string) {
    this.#shared = shared;
    this.#world = operatorWorld(shared.test);
    this.#namespace = namespace;
    this.#jobs = new HomeJobs(shared, namespace);
  }

  static async begin(shared: Shared): Promise<ClusterHome> {
    const home = new ClusterHome(shared, await shared.test.makeNamespace('home'));
    const spec = { image: 'busybox:1', suspend: true, scheduleTimeout: '9999d' };
    for (const name of [template, hook]) await home.#post('neurojobs', 'NeuroJob', name, spec);
    for (const name of followed) await home.#secret(name, followerSpecs[name]);
    await home.#secret('rotated', { generate: { type: 'Hex', rotateHook: hook }, history: { keep: keptRotated } });
    return home;
  }

  get runs(): number {
    return this.#jobs.runs.length;
  }

  nowMs(): number {
    return Date.now();
  }

  pass(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  addSchedule(name: ScheduleName): Promise<void> {
    return this.#post('neuroschedules', 'NeuroSchedule', name, {
      schedule: '* * * * *',
      jobTemplate: { name: template },
      concurrencyPolicy: policyOf[name],
      successfulJobsHistoryLimit: keptRuns.succeeded,
      failedJobsHistoryLimit: keptRuns.others,
    });
  }

  async pause(name: ScheduleName, isPaused: boolean): Promise<void> {
    await this.#patch(this.#path('neuroschedules', name), { spec: { suspend: isPaused } });
  }

  async removeSchedule(name: ScheduleName): Promise<void> {
    await this.#shared.test.request({ method: 'DELETE', path: this.#path('neuroschedules', name) });
  }

  endRun(succeeds: boolean): Promise<boolean> {
    return this.#jobs.endRun(succeeds);
  }

  async rotate(request: string): Promise<void> {
    await this.#patch(this.#path('usersecrets', 'rotated'), {
      metadata: { annotations: { 'neu.ro/rotate': request } },
    });
  }

  endHook(succeeds: boolean): Promise<boolean> {
    return this.#jobs.endHook(succeeds);
  }

  async addKept(value: string): Promise<void> {
    await this.#secret('kept', { value, history: { keep: keptFormer } });
  }

  async changeKept(value: string): Promise<void> {
    await this.#patch(this.#path('usersecrets', 'kept'), { spec: { value } });
  }

  async purge(): Promise<void> {
    for (const { metadata } of this.#formersOf('kept'))
      await this.#world.remove('secrets', this.#namespace, metadata.name);
  }

  async give(name: Followed, count: number, isGood: boolean): Promise<string | undefined> {
    const source = `${name}-source`;
    if (name === 'setting') {
      const value = `value ${String(count)}`;
      await this.#put('configmaps', source, {
        data: isGood ? { host: value, other: null } : { host: null, other: value },
      });
      return isGood ? value : undefined;
    }
    const [pair, other] = [pairs[count % pairs.length], pairs[(count + 1) % pairs.length]];
    if (pair === undefined || other === undefined) throw new Error('there are no pairs');
    const data = pairData(isGood ? pair : { ...pair, 'tls.key': other['tls.key'] });
    await this.#put('secrets', source, { type: 'kubernetes.io/tls', data });
    return isGood ? pairOf(data) : undefined;
  }

  async takeAway(name: Followed): Promise<void> {
    const plural = name === 'setting' ? 'configmaps' : 'secrets';
    if ((await this.#world.get(plural, this.#namespace, `${name}-source`)) !== undefined)
      await this.#world.remove(plural, this.#namespace, `${name}-source`);
  }

  async compare(model: HomeModel): Promise<void> {
    const end = await untilRight(this.#shared, [this.#namespace], () => this.#wrong(model));
    // What the operator did before it went counts.
    noteValue(model, this.#valueOf('kept'));
    if (end === 'down') {
      this.stepsWithout += 1;
      return;
    }
    this.looks += 1;
    for (const [name, source] of model.sources) {
      const found = this.#followed(name);
      source.given = source.given.at(-1) === undefined ? [found, undefined] : [found];
    }
  }

  async compareAtEnd(model: HomeModel): Promise<void> {
    await this.#shared.operator.untilUp();
    await this.compare(model);
  }

  async end(): Promise<void> {
    await this.#shared.test.request({ method: 'DELETE', path: `/api/v1/namespaces/${this.#namespace}` });
  }

  /** What is not as it has to be, now. What nothing can make right is thrown. */
  async #wrong(model: HomeModel): Promise<readonly string[]> {
    const { runs, wrongForever, unended } = this.#jobs;
    const forever = [...wrongForever, ...wrongRuns(model, runs)];
    if (forever.length > 0) throw new Error(forever.join('\n'));
    return [
      ...(await this.#unseen(model)),
      ...unfinishedRuns(model, runs, this.nowMs()),
      ...unended.map((name) => `the Pod of ${name} has ended, and the job has not`),
      ...[...model.sources].flatMap(([name, source]) => wrongFollower(name, source, this.#followed(name))),
      ...this.#wrongRotation(model),
      ...this.#wrongHistory(model),
    ];
  }

  /** Schedules whose present form the operator does not know. */
  async #unseen({ schedules }: HomeModel): Promise<readonly string[]> {
    const unseen: string[] = [];
    for (const [name, { state, intervals }] of schedules) {
      const last = intervals.at(-1);
      const isKnown = state === 'paused' ? last?.toMs !== undefined : last?.seenMs !== undefined;
      if (state === 'deleted' || last === undefined || isKnown) continue;
      const { metadata, status } = await this.#shared.test.request<FoundSchedule>({
        method: 'GET',
        path: this.#path('neuroschedules', name),
      });
      if (status?.observedGeneration !== metadata.generation) unseen.push(`the operator has not seen ${name}`);
      else if (state === 'paused') last.toMs = this.nowMs();
      else last.seenMs = this.nowMs();
    }
    return unseen;
  }

  /** A value comes into force when its hook has succeeded, and by nothing else. */
  #wrongRotation({ rotation }: HomeModel): readonly string[] {
    const found = this.#valueOf('rotated');
    if (found === undefined) return ['rotated has no value'];
    if (rotation.value === '') rotation.value = found;
    if (found !== rotation.value) {
      if (rotation.state !== 'succeeded') throw new Error(`rotated has another value, and its hook ${rotation.state}`);
      if (this.#valueOf('rotated', 'rotated.previous') !== rotation.value)
        return ['rotated.previous is not the former value'];
      const former = [rotation.value, ...rotation.former].slice(0, keptRotated);
      Object.assign(rotation, { former, value: found, state: 'at rest' });
      this.rotations += 1;
    }
    if (rotation.state === 'succeeded') return ['the hook has succeeded, and its value is not in force'];
    if (rotation.state === 'asked' && !this.#jobs.hookRuns) return ['a rotation was asked for, and no hook runs'];
    return this.#wrongFormers('rotated', rotation.former);
  }

  #wrongHistory(model: HomeModel): readonly string[] {
    const { history } = model;
    if (history === undefined) return [];
    const found = this.#valueOf('kept');
    if (found !== history.wanted) return [`kept has ${found ?? 'no value'}, and should have ${history.wanted}`];
    noteValue(model, found);
    return this.#wrongFormers('kept', history.former);
  }

  #wrongFormers(name: string, former: readonly string[]): readonly string[] {
    const kept = this.#formersOf(name)
      .map(({ data }) => textOf(data?.[name]))
      .sort();
    const expected = [...former].sort();
    return JSON.stringify(kept) === JSON.stringify(expected)
      ? []
      : [`former values of ${name} are ${kept.join(', ') || 'none'}, and should be ${expected.join(', ') || 'none'}`];
  }

  #formersOf(name: string) {
    return this.#shared.view
      .secrets(this.#namespace)
      .filter(
        ({ metadata: { labels = {} } }) => labels[LABEL_HISTORY] === 'true' && labels[LABEL_USER_SECRET] === name,
      );
  }

  #followed(name: Followed): string | undefined {
    if (name === 'setting') return this.#valueOf(name);
    const data = this.#shared.view.secret(this.#namespace, `${name}-native`)?.data;
    return data === undefined ? undefined : pairOf(data);
  }

  #valueOf(name: string, key = name): string | undefined {
    return textOf(this.#shared.view.secret(this.#namespace, name)?.data?.[key]);
  }

  async #put(plural: 'configmaps' | 'secrets', name: string, object: Record<string, unknown>): Promise<void> {
    if ((await this.#world.get(plural, this.#namespace, name)) !== undefined) {
      await this.#world.patch(plural, this.#namespace, name, { data: object['data'] });
      return;
    }
    const data = Object.entries(object['data'] as object).filter(([, value]) => value !== null);
    await this.#world.create(plural, this.#namespace, {
      metadata: { name },
      ...object,
      data: Object.fromEntries(data),
    });
  }

  async #secret(name: string, spec: unknown): Promise<void> {
    await this.#post('usersecrets', 'UserSecret', name, spec);
  }

  async #post(plural: string, kind: string, name: string, spec: unknown): Promise<void> {
    const body = { apiVersion: 'neu.ro/v1', kind, metadata: { name }, spec };
    await this.#shared.test.request({ method: 'POST', path: this.#path(plural), body });
  }

  async #patch(path: string, body: unknown): Promise<void> {
    await this.#shared.test.request({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
  }

  #path(plural: string, name?: string): string {
    return `/apis/neu.ro/v1/namespaces/${this.#namespace}/${plural}${name === undefined ? '' : `/${name}`}`;
  }
}

const followerSpecs: Readonly<Record<Followed, unknown>> = {
  pair: { type: 'kubernetes.io/tls', key: pairKey, secretName: 'pair-native', secretKeyRef: { name: 'pair-source' } },
  setting: { configMapKeyRef: { name: 'setting-source', key: 'host' } },
};

function pairOf(data: Readonly<Record<string, string>>): string {
  return JSON.stringify([data['tls.crt'], data['tls.key']]);
}

function textOf(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
