import { beforeEach, describe, expect, test } from 'vitest';
import type { EventText, Regarding } from '../../src/controllers/recorder.ts';
import type { Failing, Plan } from '../../src/controllers/plan.ts';
import { createReconciler } from '../../src/controllers/reconciler.ts';
import type { StatusObject } from '../../src/controllers/status-writer.ts';
import { mostRepairs } from '../../src/controllers/repair-limiter.ts';
import { NamespaceRate } from '../../src/controllers/namespace-rate.ts';
import { KernelError, mergePatch, type KubeObject, type Outcome, type Reconcile } from '../../src/kernel/index.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Status {
  readonly phase?: string;
  readonly reason?: string;
}
interface Input extends Failing {
  readonly object: StatusObject<Status>;
  readonly isMade?: boolean;
  readonly nowMs: number;
}
type Step = { readonly do: 'make' } | { readonly do: 'clean' };

describe('reconciler', () => {
  let clock: ManualClock;
  let world: { status: Status; version: number; uid: string; isGone: boolean };
  let acts: string[];
  let events: { readonly regarding: Regarding; readonly text: EventText }[];
  let lines: Readonly<Record<string, unknown>>[];
  let failingAct: Error | undefined;
  let failingStatus: Error | undefined;
  let patches: unknown[];
  let managedFields: NonNullable<KubeObject['metadata']['managedFields']>;
  let reconcile: Reconcile;
  let plan: (input: Input) => Plan<Step, Status>;

  beforeEach(() => {
    clock = new ManualClock();
    world = { status: {}, version: 1, uid: 'u1', isGone: false };
    [acts, events, lines, patches, managedFields] = [[], [], [], [], []];
    failingAct = failingStatus = undefined;
    plan = (input) => {
      if (input.failure?.isNow === true) {
        return {
          rule: 'failing',
          status: { phase: 'Pending', reason: input.failure.reason },
          requeueAtMs: input.nowMs + 500,
        };
      }
      if (input.isMade !== true) return { rule: 'make', steps: [{ do: 'make' }] };
      return { rule: 'made', status: { phase: 'Ready' }, events: event(input) };
    };
    reconcile = createReconciler<Input, Step, Status>(
      {
        name: 'test',
        gather: (_key, { nowMs, failure }) =>
          world.isGone
            ? undefined
            : {
                object: {
                  metadata: { namespace: 'a', name: 'b', uid: world.uid, resourceVersion: String(world.version) },
                  status: world.status,
                  bytes: 100,
                },
                nowMs,
                failure,
              },
        plan: (input) => plan(input),
        act: (step) => {
          acts.push(step.do);
          if (failingAct !== undefined) return Promise.reject(failingAct);
          return Promise.resolve(step.do === 'make' ? { isMade: true } : undefined);
        },
        describe: () => 'making the thing',
        status: {
          apiVersion: 'v1',
          kind: 'Thing',
          object: ({ object }) => object,
          withStatus: (input, status) => ({ ...input, object: { ...input.object, status } }),
          patch: (_metadata, patch) => {
            patches.push(patch);
            if (failingStatus !== undefined) return Promise.reject(failingStatus);
            const { status } = patch as { readonly status: Status };
            world = { ...world, status: { ...world.status, ...status }, version: world.version + 1 };
            return Promise.resolve({ status: world.status });
          },
          milestone: ({ phase }) => String(phase),
          fieldManager: 'ours',
          read: () => Promise.resolve({ metadata: { name: 'b', managedFields } }),
        },
      },
      {
        clock,
        rates: {
          change: new NamespaceRate({ perMinute: 150, clock }),
          detail: new NamespaceRate({ perMinute: 50, clock }),
        },
        recorder: { event: (regarding, text) => events.push({ regarding, text }) },
        log: { debug: (fields) => lines.push({ ...fields }) },
      },
    );
  });

  function event({ object }: Input) {
    if (mergePatch(object.status, { phase: 'Ready' }) === undefined) return [];
    const regarding = { apiVersion: 'v1', kind: 'Thing', namespace: 'a', name: 'b', uid: 'u1' };
    return [{ regarding, text: { type: 'Normal', reason: 'Ready', action: 'Make', note: 'it is made' } as const }];
  }

  function once(): Promise<Outcome> {
    return reconcile('a/b', { signal: new AbortController().signal, reconcileId: 'r1', cause: 'change' });
  }

  test('acts, plans again with what it learned, and writes one status with its preconditions', async () => {
    expect(await once()).toBe('done');
    expect(acts).toEqual(['make']);
    expect(patches).toEqual([{ metadata: { uid: 'u1', resourceVersion: '1' }, status: { phase: 'Ready' } }]);
    expect(events).toHaveLength(1);
  });

  test('logs one line that names the rules that decided', async () => {
    await once();
    expect(lines).toEqual([
      { controller: 'test', key: 'a/b', rule: 'make > made', reconcileId: 'r1', cause: 'change', ms: 0 },
    ]);
  });

  test('writes nothing where nothing differs', async () => {
    await once();
    await once();
    expect(patches).toHaveLength(1);
    expect(events).toHaveLength(1);
  });

  test('a short failure is retried without a status', async () => {
    failingAct = new KernelError('Server', 'POST /x: 500 failed calling webhook "w"');
    expect(await once()).toEqual({ failed: failingAct });
    expect(patches).toEqual([]);
    failingAct = undefined;
    expect(await once()).toBe('done');
    expect(world.status).toEqual({ phase: 'Ready' });
  });

  test('a failure that lasts is reported by the plan, keeps its own time to look again, and heals', async () => {
    failingAct = new KernelError('Server', 'POST /x: 500 failed calling webhook "w"');
    for (let time = 0; time < 2; time += 1) await once();
    expect(await once()).toEqual({ failed: failingAct, requeueAfterMs: 500 });
    expect(world.status).toEqual({ phase: 'Pending', reason: 'ApiError' });
    failingAct = undefined;
    expect(await once()).toBe('done');
    expect(world.status.phase).toBe('Ready');
  });

  test('two seconds of failing are lasting, however few the tries', async () => {
    failingAct = new KernelError('Timeout', 'x');
    await once();
    await clock.advance(2_000);
    await once();
    expect(world.status.reason).toBe('ApiError');
  });

  test("the text of an error that is not the API server's is in no status", async () => {
    failingAct = new TypeError('hunter2');
    let message = '';
    plan = ({ failure }) => {
      message = failure?.message ?? '';
      return failure?.isNow === true ? { rule: 'failing' } : { rule: 'make', steps: [{ do: 'make' }] };
    };
    for (let time = 0; time < 3; time += 1) await once();
    expect(message).toContain('TypeError');
    expect(message).not.toContain('hunter2');
  });

  test('a status that is refused holds up no step behind it, and is written once it can be', async () => {
    failingStatus = new KernelError('Server', 'PATCH /x: 500');
    plan = ({ object, isMade }) => {
      if (object.status.phase === undefined)
        return { rule: 'end', status: { phase: 'Ended' }, steps: [{ do: 'clean' }] };
      return { rule: isMade === true ? 'made' : 'ended' };
    };
    expect(await once()).toEqual({ failed: failingStatus });
    expect(acts).toEqual(['clean']);
    expect(world.status).toEqual({});
    failingStatus = undefined;
    expect(await once()).toBe('done');
    expect(acts).toEqual(['clean']);
    expect(world.status).toEqual({ phase: 'Ended' });
  });

  test('a status of an object that was made again under the name is dropped', async () => {
    failingStatus = new KernelError('Server', 'x');
    await once();
    failingStatus = undefined;
    world = { status: {}, version: 7, uid: 'u2', isGone: false };
    patches = [];
    await once();
    expect(patches).toEqual([{ metadata: { uid: 'u2', resourceVersion: '7' }, status: { phase: 'Ready' } }]);
  });

  test('a conflict is retried at once; if it lasts, the version is no longer a precondition', async () => {
    failingStatus = new KernelError('Conflict', 'x');
    for (let time = 0; time < 4; time += 1) expect(await once()).toMatchObject({ failed: failingStatus });
    expect(patches.at(-1)).toEqual({ metadata: { uid: 'u1' }, status: { phase: 'Ready' } });
  });

  describe('a status that is refused', () => {
    beforeEach(() => {
      plan = () => ({ rule: 'rest', status: { phase: 'Ready' } });
    });
    const twice = async (ms: number): Promise<void> => {
      await once();
      await clock.advance(ms);
      await once();
    };
    const tooLarge = new KernelError('Server', 'PATCH /apis/x: etcdserver: request is too large');

    test('for ten seconds is reported, with what the API server says, and again after an hour', async () => {
      failingStatus = tooLarge;
      await twice(9_999);
      expect(events).toEqual([]);
      await clock.advance(1);
      await once();
      await once();
      expect(events).toMatchObject([{ text: { type: 'Warning', reason: 'StatusRefused' } }]);
      expect(events[0]?.text.note).toBe('writing the status failed: etcdserver: request is too large; it is retried');
      await clock.advance(3_600_000);
      await once();
      expect(events).toHaveLength(2);
    });

    test.each([
      ['nobody answers', new KernelError('Network', 'x')],
      ['somebody else is faster', new KernelError('Conflict', 'x')],
      ['the API server is busy', new KernelError('TooManyRequests', 'x')],
    ])('is none where %s', async (_name, error) => {
      failingStatus = tooLarge;
      await once();
      failingStatus = error;
      await twice(60_000);
      expect(events).toEqual([]);
    });

    test('counts from the start again once a status was written', async () => {
      failingStatus = tooLarge;
      await twice(9_000);
      failingStatus = undefined;
      await once();
      failingStatus = tooLarge;
      plan = () => ({ rule: 'rest', status: { phase: 'Failed' } });
      await once();
      await clock.advance(9_000);
      await once();
      expect(events).toEqual([]);
    });
  });

  describe('a status that something else keeps changing', () => {
    beforeEach(() => {
      plan = ({ isMade }) => ({
        rule: 'rest',
        status: { phase: 'Ready', reason: 'Fine' },
        ...(isMade === true ? {} : { steps: [{ do: 'make' }] }),
      });
    });
    const contest = async (): Promise<Outcome> => {
      world = { ...world, status: { phase: 'Lost', reason: 'Theirs' }, version: world.version + 1 };
      return once();
    };
    const contestLong = async (): Promise<void> => {
      await once();
      for (let time = 0; time <= mostRepairs; time += 1) await contest();
    };

    test('is put back with pauses, and holds up no step', async () => {
      await contestLong();
      expect(patches).toHaveLength(mostRepairs + 1);
      acts = [];
      expect(await once()).toEqual({ requeueAfterMs: 1_000 });
      expect(acts).toEqual(['make']);
      await clock.advance(1_000);
      expect(await once()).toBe('done');
      expect(world.status).toEqual({ phase: 'Ready', reason: 'Fine' });
      expect(await contest()).toEqual({ requeueAfterMs: 2_000 });
    });

    test.each([
      [
        'another field manager',
        [
          { manager: 'ours', subresource: 'status' },
          { manager: 'argocd', subresource: 'status' },
        ],
        "the field manager 'argocd'",
      ],
      [
        'another installation',
        [{ manager: 'ours', subresource: 'status' }, { manager: 'kubectl' }],
        "another installation of this operator (field manager 'ours')",
      ],
      ['nobody known', [], 'something that leaves no trace in metadata.managedFields'],
    ])('is reported every hour, with who does it: %s', async (_name, found, who) => {
      managedFields = found;
      await contestLong();
      await once();
      expect(events).toMatchObject([{ text: { type: 'Warning', reason: 'StatusContested' } }]);
      expect(events[0]?.text.note).toContain(`${who} keeps changing the status`);
    });

    test('is written at once where the object has come to a new milestone', async () => {
      await contestLong();
      plan = () => ({ rule: 'rest', status: { phase: 'Ended', reason: 'Fine' } });
      expect(await contest()).toBe('done');
      expect(world.status).toMatchObject({ phase: 'Ended' });
    });

    test('is not one that only this operator changes, however often', async () => {
      for (let time = 0; time < 3 * mostRepairs; time += 1) {
        plan = () => ({ rule: 'rest', status: { phase: 'Ready', reason: String(time) } });
        expect(await once()).toBe('done');
      }
      expect(patches).toHaveLength(3 * mostRepairs);
    });
  });

  test('an object that went while its status was written is done', async () => {
    failingStatus = new KernelError('NotFound', 'x');
    expect(await once()).toBe('done');
  });

  test('a lost lease ends the reconcile at once', async () => {
    failingAct = new KernelError('LeaseLost', 'x');
    await expect(once()).rejects.toBe(failingAct);
  });

  test('a plan that never comes to rest is an error and no endless loop', async () => {
    plan = () => ({ rule: 'again', steps: [{ do: 'clean' }] });
    await expect(once()).rejects.toThrow('does not come to rest');
  });

  describe('a status that may wait', () => {
    const due = (outcome: Outcome): number | undefined =>
      outcome === 'done' ? undefined : (outcome.requeueAfterMs ?? undefined);
    let phase = '';
    const write = async (next: string, more: Partial<Plan<Step, Status>> = {}): Promise<Outcome> => {
      phase = next;
      plan = () => ({ rule: 'rest', status: { phase }, statusWeight: 'change', ...more });
      return once();
    };

    test('is written while its namespace has bytes, then later, and one event says so', async () => {
      expect(await write('1')).toBe('done');
      expect(due(await write('2'))).toBe(20_000);
      expect(due(await write('3'))).toBe(20_000);
      expect(events.map(({ text }) => text.reason)).toEqual(['StatusDelayed']);
      expect(patches).toHaveLength(1);
      await clock.advance(20_000);
      expect(await write('3')).toBe('done');
      expect(world.status).toEqual({ phase: '3' });
    });

    test('does not hold up one that may not', async () => {
      await write('1');
      expect(await write('2', { statusWeight: undefined })).toBe('done');
      expect(world.status).toEqual({ phase: '2' });
    });

    test('a detail does not delay changes, and its next reconcile is no later than planned', async () => {
      await write('1', { statusWeight: 'detail' });
      expect(due(await write('2', { statusWeight: 'detail', requeueAtMs: clock.now() + 500 }))).toBe(500);
      expect(due(await write('2', { statusWeight: 'detail', requeueAtMs: clock.now() }))).toBeGreaterThan(1_000);
      expect(await write('2')).toBe('done');
      expect(world.status).toEqual({ phase: '2' });
    });

    test('that differs in nothing takes nothing', async () => {
      await write('1');
      expect(await write('1')).toBe('done');
      expect(events).toEqual([]);
    });
  });

  test('a key that needs nothing is forgotten', async () => {
    failingAct = new KernelError('Server', 'x');
    await once();
    world.isGone = true;
    expect(await once()).toBe('done');
  });
});
