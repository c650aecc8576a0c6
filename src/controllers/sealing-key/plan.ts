/**
 * Decides when a new sealing key pair of each kind is due, and when the public keys are published. Pure. Old pairs stay, to open what is in
 * git. This controller has no object of its own: its status is the ConfigMap that status.ts makes.
 */
import { SEALING_KEYS_CONFIG_MAP } from '../../api/index.ts';
import { isAhead } from '../clock-ahead.ts';
import type { Failing, Plan, PlannedEvent } from '../plan.ts';

export type SealingKeyKind = 'hpke' | 'rsa';

export interface SealingKeyView {
  readonly use: SealingKeyKind;
  /** Epoch milliseconds. */
  readonly createdMs: number;
  /** False when its label takes it out of use. */
  readonly isActive: boolean;
}

export interface SealingKeysInput extends Failing {
  /** The usable pairs. A pair that cannot be used does not count, so another one is created. */
  readonly keys: readonly SealingKeyView[];
  /** Whether the keyring holds what the Secrets hold now. */
  readonly isLoaded: boolean;
  /** Whether the ConfigMap has the public keys of the keyring. */
  readonly isPublished: boolean;
  /** The hash of the data to publish. */
  readonly dataHash: string;
  /** Milliseconds until the same data may be published again, or a pair of the kind created again; above 0 where something keeps undoing it. */
  readonly publishWaitMs: number;
  readonly createWaitMs: Readonly<Record<SealingKeyKind, number>>;
  /** The operator's own namespace. */
  readonly namespace: string;
  /** 0: never, beyond the first pair of each kind. */
  readonly renewEveryMs: number;
  readonly nowMs: number;
  /** Now, by the later of the clocks of this machine and of the API server. */
  readonly latestMs: number;
}

export type SealingKeysStep =
  { readonly do: 'load' } | { readonly do: 'publish' } | { readonly do: 'create'; readonly kind: SealingKeyKind };
type SealingKeysPlan = Plan<SealingKeysStep, object>;
type Rule = (input: SealingKeysInput) => Omit<SealingKeysPlan, 'rule'> | undefined;

/** HPKE comes first: `neuro` and the console seal with it, and a pair takes a moment; RSA-4096 takes seconds. */
export const sealingKeyKinds: readonly SealingKeyKind[] = ['hpke', 'rsa'];

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  notLoaded, // Key Secrets came or went.
  notPublished, // People seal with the published keys, so publishing comes before another pair.
  due, // A kind has no pair, or the newest is old.
  settled, // Until the next pair is due.
];

export function planSealingKeys(input: SealingKeysInput): SealingKeysPlan {
  for (const rule of rules) {
    const decision = rule(input);
    if (decision !== undefined) return { rule: rule.name, ...decision };
  }
  throw new TypeError('no rule decides');
}

function notLoaded({ isLoaded, failure }: SealingKeysInput): ReturnType<Rule> {
  return isLoaded || failure?.isNow === true ? undefined : { steps: [{ do: 'load' }] };
}

function notPublished({ keys, isPublished, publishWaitMs, failure }: SealingKeysInput): ReturnType<Rule> {
  // Nothing is published without an HPKE pair: `neuro` could not seal with it, and that pair is created in a moment.
  const isWanted = !isPublished && keys.some(({ use, isActive }) => use === 'hpke' && isActive);
  return isWanted && publishWaitMs === 0 && failure?.isNow !== true ? { steps: [{ do: 'publish' }] } : undefined;
}

function due(input: SealingKeysInput): ReturnType<Rule> {
  const { isLoaded, isPublished, nowMs, createWaitMs, failure } = input;
  // The queue retries what failed. A ConfigMap that cannot be written must not keep a pair from being created.
  if (failure?.isNow === true && (isPublished || !isLoaded)) return undefined;
  const kind = sealingKeyKinds.find((each) => dueMs(input, each) <= nowMs && createWaitMs[each] === 0);
  return kind === undefined ? undefined : { steps: [{ do: 'create', kind }] };
}

function settled(input: SealingKeysInput): Omit<SealingKeysPlan, 'rule'> {
  const { isPublished, publishWaitMs, createWaitMs, nowMs } = input;
  const isPublicationContested = !isPublished && publishWaitMs > 0;
  const contestedKinds = sealingKeyKinds.filter((kind) => createWaitMs[kind] > 0 && dueMs(input, kind) <= nowMs);
  const looksMs = [
    ...sealingKeyKinds.map((kind) => {
      const kindDueMs = dueMs(input, kind);
      return createWaitMs[kind] === 0 ? kindDueMs : Math.max(nowMs + createWaitMs[kind], kindDueMs);
    }),
    ...(isPublicationContested ? [nowMs + publishWaitMs] : []),
  ];
  const notes = [
    ...(isPublicationContested ? [`something else changes this ConfigMap whenever it is written`] : []),
    ...contestedKinds.map(
      (kind) => `something else changes or deletes the Secrets with sealing keys (${kind}) whenever they are created`,
    ),
  ];
  return { requeueAtMs: Math.min(...looksMs), events: notes.map((note) => contestedEvent(input, note)) };
}

function contestedEvent({ namespace }: SealingKeysInput, what: string): PlannedEvent {
  return {
    regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: SEALING_KEYS_CONFIG_MAP, uid: '' },
    text: {
      type: 'Warning',
      reason: 'Contested',
      action: 'Reconcile',
      note: `${what}: the operator does it again with growing pauses (docs/operations.md)`,
    },
  };
}

type DueInput = Pick<SealingKeysInput, 'keys' | 'renewEveryMs' | 'latestMs'>;

/** Identifies one need for a pair of that kind, for the repair limiter: the time at which it is due. */
export function creationGoal(input: DueInput, kind: SealingKeyKind): string {
  return String(dueMs(input, kind));
}

/** When another pair of that kind is due, in epoch milliseconds. A pair whose creation time is in the future has no known age, and does not count. */
export function dueMs({ keys, renewEveryMs, latestMs }: DueInput, kind: SealingKeyKind): number {
  const times = keys.filter((key) => key.use === kind && key.isActive).map(({ createdMs }) => createdMs);
  if (times.length === 0) return -Infinity;
  if (renewEveryMs <= 0) return Infinity;
  return Math.max(...times.filter((timeMs) => !isAhead(timeMs, latestMs))) + renewEveryMs;
}
