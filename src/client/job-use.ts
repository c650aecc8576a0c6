/**
 * What a job uses of the machine, and what it may: measures of `metrics.k8s.io`, which say how it is now, collected while somebody looks. Pure.
 *
 * CPU in cores, memory in bytes, anything else that is reported or asked for (GPUs) in its own number.
 */
import { quantity } from './quantity.ts';

/** The part that is read here of an object of `metrics.k8s.io/v1beta1`, kind PodMetrics. */
export interface MeasuredPod {
  /** The end of the window that was measured. */
  readonly timestamp?: string;
  readonly containers: readonly { readonly usage: Readonly<Record<string, string>> }[];
}

/** The part of a Pod that is read here. */
export interface PodWithResources {
  readonly spec?: {
    readonly containers?: readonly {
      readonly resources?: {
        readonly requests?: Readonly<Record<string, string>>;
        readonly limits?: Readonly<Record<string, string>>;
      };
    }[];
  };
}

/** One measure. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly amounts: Readonly<Record<string, number>>;
}

/** A resource that a job uses, asks for or is limited to. */
export interface ResourceUse {
  readonly resource: string;
  /** The measured points, in time order; empty where nothing is reported. */
  readonly points: readonly { readonly at: number; readonly amount: number }[];
  readonly request?: number;
  readonly limit?: number;
}

/** An hour at one measure in 15 s; older ones are dropped. */
const maxSamples = 240;
/** metrics-server measures every 15 s. */
export const measureEveryMs = 15_000;

/** Undefined where there is no time to it. */
export function sampleOf({ timestamp, containers }: MeasuredPod): Sample | undefined {
  const at = Date.parse(timestamp ?? '');
  if (Number.isNaN(at)) return undefined;
  return { at, amounts: sum(containers.map(({ usage }) => usage)) };
}

/** The same where the measure is not newer. */
export function withSample(samples: readonly Sample[], sample: Sample | undefined): readonly Sample[] {
  if (sample === undefined || sample.at <= (samples.at(-1)?.at ?? -Infinity)) return samples;
  return [...samples, sample].slice(-maxSamples);
}

/** CPU and memory always; then what else is reported, asked for or limited, by name. */
export function usesOf(samples: readonly Sample[], pod: PodWithResources | undefined): readonly ResourceUse[] {
  const containers = pod?.spec?.containers ?? [];
  const requests = sum(containers.map(({ resources }) => resources?.requests ?? {}));
  // One container without a limit has no bound, and so neither has the Pod.
  const limits = sum(containers.map(({ resources }) => resources?.limits ?? {}));
  const isLimited = (resource: string): boolean =>
    containers.every(({ resources }) => resources?.limits?.[resource] !== undefined);
  const names = new Set(['cpu', 'memory']);
  const others = [samples.at(-1)?.amounts ?? {}, requests, limits]
    .flatMap((amounts) => Object.keys(amounts))
    .filter((resource) => !names.has(resource))
    .sort();
  return [...names, ...new Set(others)].map((resource) => {
    const [request, limit] = [requests[resource], isLimited(resource) ? limits[resource] : undefined];
    return {
      resource,
      points: samples.flatMap(({ at, amounts }) => {
        const amount = amounts[resource];
        return amount === undefined ? [] : [{ at, amount }];
      }),
      ...(request === undefined ? {} : { request }),
      ...(limit === undefined ? {} : { limit }),
    };
  });
}

/** `0.250`, `128 MiB`, `1`: short, and of the same length from measure to measure. */
export function amountText(
  resource: string,
  amount: number,
  write: (value: number, digits: number) => string = (value, digits) => value.toFixed(digits),
): string {
  if (resource === 'cpu') return write(amount, amount < 10 ? 3 : 1);
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return write(amount, Number.isInteger(amount) ? 0 : 3);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = amount < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(amount) / 10));
  const value = amount / 1024 ** power;
  return `${write(value, value < 10 && power > 0 ? 1 : 0)} ${units[power] ?? 'B'}`;
}

function sum(all: readonly Readonly<Record<string, string>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const amounts of all)
    for (const [resource, amount] of Object.entries(amounts))
      total[resource] = (total[resource] ?? 0) + quantity(amount);
  return total;
}
