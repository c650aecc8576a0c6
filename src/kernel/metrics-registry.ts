/** Small ways to declare metrics on a registry; what can be read is read when it is scraped. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;
export type Reading = readonly [labels: Labels, value: number];

/** The buckets of client-go and controller-runtime, in seconds, thinned out. */
export const requestBuckets = [0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
export const queueBuckets = [0.0001, 0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 60, 300, 1000];

export function counter(registry: Registry, name: string, help: string, labelNames: string[] = []): Counter {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

export function histogram(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  buckets: number[],
): Histogram {
  return new Histogram({ name, help, labelNames, buckets, registers: [registry] });
}

/** A gauge whose values are read at each scrape. */
export function readGauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: () => readonly Reading[],
): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}

/** A counter that somebody else counts; its values are read at each scrape. */
export function readCounter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  read: () => readonly Reading[],
): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}
