/** What the API server says of itself: writes that it served, by resource, and processor time that it took. */
import type { BareClient } from './bare-client.ts';
import { parseMetrics, sum } from './prometheus.ts';

interface ApiServerReading {
  /** Successful and failed writes by `verb resource[/subresource]`. Leases are left out: everybody renews them all the time. */
  readonly writes: ReadonlyMap<string, number>;
  readonly cpuSeconds: number;
}

/** As the metrics name them; APPLY is a server-side apply. */
const writeVerbs = ['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION'];

export async function readApiServer(client: BareClient): Promise<ApiServerReading> {
  const samples = parseMetrics(await client.text('/metrics'), ['apiserver_request_total', 'process_cpu_seconds_total']);
  const writes = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const { verb = '', resource = '', subresource = '' } = labels;
    if (name !== 'apiserver_request_total' || !writeVerbs.includes(verb) || resource === 'leases') continue;
    const key = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`;
    writes.set(key, (writes.get(key) ?? 0) + value);
  }
  return { writes, cpuSeconds: sum(samples, 'process_cpu_seconds_total') };
}

/** What was added between two readings; kinds of write that were not made are left out. */
export function writesBetween(before: ApiServerReading, after: ApiServerReading): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...after.writes]
      .map(([key, count]) => [key, count - (before.writes.get(key) ?? 0)] as const)
      .filter(([, count]) => count > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
