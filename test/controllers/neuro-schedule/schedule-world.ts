/** Alice, her schedules, and their controller. A test plays the jobs and everybody else. */
import type {
  Condition,
  NeuroJobSpec,
  NeuroJobStatus,
  NeuroScheduleSpec,
  NeuroScheduleStatus,
} from '../../../src/api/index.ts';
import { createNeuroScheduleReconciler } from '../../../src/controllers/neuro-schedule/reconciler.ts';
import { neuroScheduleWakes } from '../../../src/controllers/neuro-schedule/wake.ts';
import { neuroJobType, neuroScheduleType } from '../../../src/controllers/resources.ts';
import { pathOf, type ObjectMeta, type ResourceType } from '../../../src/kernel/index.ts';
import { ControllerWorld } from '../../support/controller-world.ts';
import { settle } from '../../support/manual-clock.ts';

export const namespace = 'alice';
export const template: NeuroJobSpec = { image: 'tool:1', suspend: true, command: ['backup'] };

interface FoundRun {
  readonly metadata: ObjectMeta & { readonly uid: string };
  readonly spec: NeuroJobSpec;
  readonly status?: NeuroJobStatus;
}

export class ScheduleWorld extends ControllerWorld {
  readonly bounds: string[] = [];

  /** Starts the controller, as a new process that knows nothing. */
  async start(): Promise<void> {
    await this.startControllers((parts) => [
      {
        name: 'neuro-schedule',
        reconcile: createNeuroScheduleReconciler({ ...parts, onBound: (bound) => this.bounds.push(bound) }),
        own: parts.watched.neuroSchedules,
        startKeys: () => parts.watched.neuroSchedules.store.keys(),
        wakes: neuroScheduleWakes(parts.watched),
      },
    ]);
  }

  async later(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  async makeTemplate(spec: Partial<NeuroJobSpec> = {}, metadata: Partial<ObjectMeta> = {}): Promise<void> {
    this.model.put(neuroJobType, {
      metadata: { namespace, name: 'backup', ...metadata },
      spec: { ...template, ...spec },
    });
    await settle();
  }

  /** Creates the schedule, or changes its spec as `kubectl replace` does. */
  async apply(spec: Partial<NeuroScheduleSpec> = {}, name = 'nightly'): Promise<void> {
    const former = this.model.get(neuroScheduleType, { namespace, name });
    const generation = (former?.metadata.generation ?? 0) + 1;
    this.model.put(neuroScheduleType, {
      status: { observedGeneration: -1 },
      ...former,
      metadata: { creationTimestamp: this.now, ...former?.metadata, namespace, name, generation },
      spec: { schedule: '* * * * *', jobTemplate: { name: 'backup' }, ...spec },
    });
    await settle();
  }

  async patch(type: ResourceType, name: string, patch: unknown): Promise<void> {
    const path = pathOf(type, { namespace, name });
    const answer = this.model.handle({ method: 'PATCH', path, query: {}, body: patch });
    if (!('status' in answer) || answer.status !== 200) throw new Error(`${name} could not be changed`);
    await this.later(1_000);
  }

  async end(name: string, phase: 'Succeeded' | 'Failed' | 'Cancelled' = 'Succeeded'): Promise<void> {
    const reason = phase === 'Succeeded' ? 'Completed' : 'Error';
    await this.patch(neuroJobType, name, { status: { phase, reason, finishTime: this.now } });
  }

  get runs(): readonly FoundRun[] {
    const all = this.model.all(neuroJobType) as unknown as readonly FoundRun[];
    return all.filter(({ spec }) => spec.suspend !== true);
  }

  get names(): readonly string[] {
    return this.runs.map(({ metadata }) => metadata.name).sort();
  }

  status(name = 'nightly'): NeuroScheduleStatus {
    const found = this.model.get(neuroScheduleType, { namespace, name }) as
      { status?: NeuroScheduleStatus } | undefined;
    return found?.status ?? {};
  }

  ready(name = 'nightly'): string {
    const ready: Condition | undefined = this.status(name).conditions?.find(({ type }) => type === 'Ready');
    return `${ready?.status ?? ''} ${ready?.reason ?? ''}`;
  }

  get eventReasons(): readonly string[] {
    return this.events.map(({ text }) => `${text.type} ${text.reason}`);
  }
}

/** The name of the run of that time. */
export function runAt(time: string, schedule = 'nightly'): string {
  return `${schedule}-${Date.parse(time) / 60_000}`;
}
