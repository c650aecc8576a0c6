/** Where the lines of a chart are, in the units of its picture. Pure. */
import type { ResourceUse } from '../../../client/index.ts';

interface ChartLines {
  readonly width: number;
  readonly height: number;
  readonly line: string;
  readonly area: string;
  /** Height of the line, from above. */
  readonly request?: number;
  readonly limit?: number;
}

const width = 300;
const height = 60;
/** Lines at the edges are drawn whole. */
const edge = 2;
/** A chart of less would look like a measure that jumps. */
const shortestMs = 60_000;

/** The top is the limit, or the highest of all where there is none; the left is the first measure. */
export function chartOf({ points, request, limit }: Omit<ResourceUse, 'resource'>): ChartLines {
  const top = limit ?? Math.max(...points.map(({ amount }) => amount), request ?? 0);
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const span = Math.max(shortestMs, last - first);
  const x = (at: number): number => round(((at - first) / span) * width);
  const y = (amount: number): number =>
    round(height - edge - (top > 0 ? Math.min(1, amount / top) : 0) * (height - 2 * edge));
  const places = points.map(({ at, amount }) => `${String(x(at))},${String(y(amount))}`);
  // One measure alone is a short level line.
  if (places.length === 1) places.push(`${String(edge)},${String(y(points[0]?.amount ?? 0))}`);
  const line = places.length === 0 ? '' : `M${places.join(' L')}`;
  const end = points.length === 1 ? edge : x(last);
  return {
    ...{ width, height, line },
    area: line === '' ? '' : `${line} L${String(end)},${String(height)} L0,${String(height)} Z`,
    ...(request === undefined || request > top ? {} : { request: y(request) }),
    ...(limit === undefined ? {} : { limit: y(limit) }),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
