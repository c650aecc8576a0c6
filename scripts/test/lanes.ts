/**
 * Which test files run in one process, and which processes run at the same time. Pure but for `needsOf`, which is given.
 *
 * Tests on a cluster mostly wait, so several run at once on each core. The files of a lane are those that share a kind of cluster; each of
 * its processes has one, and takes the next file when it is done with one. Files whose tools are still being built form lanes of their
 * own, which start when those are there.
 */
import type { ExtraTool } from '../../tools/devcluster/build/components.ts';
import type { Needs } from './needs.ts';

export const tiers = ['unit', 'cluster', 'e2e'] as const;
export type Tier = (typeof tiers)[number];

export interface Lane {
  readonly name: string;
  readonly tier: Tier;
  readonly files: readonly string[];
  /** So many processes run its files. */
  readonly workers: number;
  /** To be built before it starts. */
  readonly waitsFor: readonly ExtraTool[];
}

/** Where files share a cluster, each process starts one, which costs some ten seconds of a processor: more of them do not pay. */
const CLUSTERS = 2;

interface LaneInput {
  readonly tier: Tier;
  readonly files: readonly string[];
  readonly needsOf: (file: string) => Needs;
  readonly isBuilt: (tool: ExtraTool) => boolean;
}

export function lanesOf({ tier, files, needsOf, isBuilt }: LaneInput): readonly Lane[] {
  const lanes = new Map<
    string,
    { readonly files: string[]; readonly workers: number; readonly waitsFor: Set<ExtraTool> }
  >();
  for (const file of files) {
    const { tools, shares } = needsOf(file);
    const missing = [...tools].filter((tool) => !isBuilt(tool));
    const place = tier === 'e2e' ? `e2e ${shares ?? 'by itself'}` : tier;
    const name = missing.length === 0 ? place : `${place}, with tools`;
    const workers = tier === 'e2e' && shares === undefined ? 1 : CLUSTERS;
    const lane = lanes.get(name) ?? { files: [], workers, waitsFor: new Set() };
    lanes.set(name, lane);
    lane.files.push(file);
    for (const tool of missing) lane.waitsFor.add(tool);
  }
  return [...lanes].map(([name, lane]) => ({
    name,
    tier,
    files: lane.files,
    workers: Math.min(lane.workers, lane.files.length),
    waitsFor: [...lane.waitsFor],
  }));
}
