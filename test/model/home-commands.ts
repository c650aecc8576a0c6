/** What people, time and failures do to schedules, rotations and sources of one home, in any order. Each step ends with a look. */
import fc from 'fast-check';
import {
  followed,
  keptFormer,
  keptRotated,
  scheduleNames,
  type Followed,
  type HomeModel,
  type ScheduleName,
} from './home-model.ts';

export interface HomeSystem {
  addSchedule(name: ScheduleName): Promise<void>;
  pause(name: ScheduleName, isPaused: boolean): Promise<void>;
  removeSchedule(name: ScheduleName): Promise<void>;
  /** The oldest Pod of a job of a schedule ends; false where there is none. */
  endRun(succeeds: boolean): Promise<boolean>;
  rotate(request: string): Promise<void>;
  /** The Pod of the hook ends; false where there is none. */
  endHook(succeeds: boolean): Promise<boolean>;
  addKept(value: string): Promise<void>;
  changeKept(value: string): Promise<void>;
  purge(): Promise<void>;
  /** A certificate pair whose key is of another certificate where it is not good, or a key of a ConfigMap. Returns the value that it stands for. */
  give(name: Followed, count: number, isGood: boolean): Promise<string | undefined>;
  takeAway(name: Followed): Promise<void>;
  nowMs(): number;
  pass(ms: number): Promise<void>;
  compare(model: HomeModel): Promise<void>;
}

type HomeStep = fc.AsyncCommand<HomeModel, HomeSystem>;
type Run = (model: HomeModel, system: HomeSystem) => Promise<unknown>;

function step(text: string, run: Run, check: (model: HomeModel) => boolean = () => true): HomeStep {
  return {
    check,
    run: async (model, system) => {
      await run(model, system);
      await system.compare(model);
    },
    toString: () => text,
  };
}

export function homeSteps(passesMs: readonly number[]): fc.Arbitrary<HomeStep>[] {
  const schedule = fc.constantFrom(...scheduleNames);
  const source = fc.constantFrom(...followed);
  return [
    schedule.map(setSchedule),
    schedule.map(setSchedule),
    schedule.map(removeSchedule),
    fc.boolean().map(endRun),
    fc.constant(null).map(rotate),
    fc.constant(null).map(rotate),
    fc.constant(null).map(rotateOften),
    fc.constant(null).map(changeOften),
    fc.constant(true).map(endHook),
    fc.boolean().map(endHook),
    fc.boolean().map(endHook),
    fc.nat({ max: 3 }).map(setKept),
    fc.nat({ max: 3 }).map(setKept),
    fc.constant(null).map(purge),
    fc.tuple(source, fc.boolean()).map(([name, isGood]) => give(name, isGood)),
    fc.tuple(source, fc.boolean()).map(([name, isGood]) => give(name, isGood)),
    source.map(takeAway),
    fc.constantFrom(...passesMs).map((ms) => step(`${String(ms / 1000)} s pass`, (_model, system) => system.pass(ms))),
  ];
}

/** It is made, paused, or goes on. */
const setSchedule = (name: ScheduleName): HomeStep =>
  step(
    `the schedule ${name} is made, pauses or goes on`,
    async ({ schedules }, system) => {
      const known = schedules.get(name);
      const fromMs = system.nowMs();
      if (known === undefined) {
        schedules.set(name, { state: 'runs', intervals: [{ fromMs }] });
        return system.addSchedule(name);
      }
      known.state = known.state === 'runs' ? 'paused' : 'runs';
      // A pause that no operator has seen is none.
      if (known.state === 'runs' && known.intervals.at(-1)?.toMs !== undefined) known.intervals.push({ fromMs });
      await system.pause(name, known.state === 'paused');
    },
    ({ schedules }) => schedules.get(name)?.state !== 'deleted',
  );

const removeSchedule = (name: ScheduleName): HomeStep =>
  step(
    `the schedule ${name} is deleted`,
    async ({ schedules }, system) => {
      const known = schedules.get(name);
      await system.removeSchedule(name);
      const last = known?.intervals.at(-1);
      if (known !== undefined) known.state = 'deleted';
      if (last !== undefined) last.toMs ??= system.nowMs();
    },
    ({ schedules }) => (schedules.get(name)?.state ?? 'deleted') !== 'deleted',
  );

const endRun = (succeeds: boolean): HomeStep =>
  step(`a job of a schedule ${succeeds ? 'succeeds' : 'fails'}`, (_model, system) => system.endRun(succeeds));

const rotate = (): HomeStep =>
  step(
    'a rotation is asked for',
    async (model, system) => {
      model.count += 1;
      model.rotation.state = 'asked';
      await system.rotate(String(model.count));
    },
    ({ rotation }) => rotation.state === 'failed' || (rotation.state === 'at rest' && rotation.value !== ''),
  );

const endHook = (succeeds: boolean): HomeStep =>
  step(
    `the hook ${succeeds ? 'succeeds' : 'fails'}`,
    async ({ rotation }, system) => {
      if (!(await system.endHook(succeeds))) return;
      rotation.state = succeeds ? 'succeeded' : 'failed';
    },
    ({ rotation }) => rotation.state === 'asked' || rotation.state === 'failed',
  );

/** More often than former values are kept; an outage of the operator ends it. */
const rotateOften = (): HomeStep =>
  step(
    'the value is rotated again and again',
    async (model, system) => {
      for (let count = 0; count < keptRotated + 2 && model.rotation.state === 'at rest'; count += 1) {
        await rotate().run(model, system);
        await endHook(true).run(model, system);
      }
    },
    ({ rotation }) => rotation.state === 'at rest' && rotation.value !== '',
  );

const changeOften = (): HomeStep =>
  step('the value with a history changes again and again', async (model, system) => {
    for (let which = 0; which < keptFormer + 2; which += 1) await setKept(which).run(model, system);
  });

/** One of few values, so that a former one comes back. */
const setKept = (which: number): HomeStep =>
  step(`the value with a history is ${String(which)}`, async (model, system) => {
    const value = `value ${String(which)}`;
    if (model.history === undefined) {
      model.history = { seen: undefined, wanted: value, former: [] };
      return system.addKept(value);
    }
    model.history.wanted = value;
    await system.changeKept(value);
  });

const purge = (): HomeStep =>
  step(
    'former values are purged',
    async ({ history }, system) => {
      await system.purge();
      if (history !== undefined) history.former = [];
    },
    ({ history }) => history !== undefined && history.seen === history.wanted,
  );

const give = (name: Followed, isGood: boolean): HomeStep =>
  step(`${name} is given ${isGood ? 'a value' : 'what is none'}`, async (model, system) => {
    model.count += 1;
    const given = await system.give(name, model.count, isGood);
    const source = model.sources.get(name) ?? { given: [undefined] };
    model.sources.set(name, { given: [...source.given, given] });
  });

const takeAway = (name: Followed): HomeStep =>
  step(
    `the source of ${name} is deleted`,
    async ({ sources }, system) => {
      await system.takeAway(name);
      sources.get(name)?.given.push(undefined);
    },
    ({ sources }) => sources.has(name),
  );
