/**
 * Which test files run in one process, and which processes run at the same time. Pure but for `needsOf`, which is given.
 *
 * Tests on a cluster mostly wait, so two lanes keep two cores busy. The files of a lane run one after the other in one process and share
 * its cluster. Files whose tools are still being built form lanes of their own, which start when those are there.
 */
import type { ExtraTool } from '../../tools/devcluster/build/components.ts';
import type { Needs } from './needs.ts';

export const tiers = ['unit', 'cluster', 'e2e'] as const;
export type Tier = (typeof tiers)[number];

export interface Lane {
  readonly name: string;
  readonly tier: Tier;
  readonly files: readonly string[];
  /** To be built before it starts. */
  readonly waitsFor: readonly ExtraTool[];
}

interface LaneInput {
  readonly tier: Tier;
  readonly files: readonly string[];
  readonly needsOf: (file: string) => Needs;
  readonly isBuilt: (tool: ExtraTool) => boolean;
}

export function lanesOf({ tier, files, needsOf, isBuilt }: LaneInput): readonly Lane[] {
  const lanes = new Map<string, { readonly files: string[]; readonly waitsFor: Set<ExtraTool> }>();
  for (const file of files) {
    const { tools, inCluster } = needsOf(file);
    const missing = [...tools].filter((tool) => !isBuilt(tool));
    const place = tier !== 'e2e' ? tier : inCluster ? 'e2e in the cluster' : 'e2e beside the cluster';
    const name = missing.length === 0 ? place : `${place}, with tools`;
    const lane = lanes.get(name) ?? { files: [], waitsFor: new Set() };
    lanes.set(name, lane);
    lane.files.push(file);
    for (const tool of missing) lane.waitsFor.add(tool);
  }
  return [...lanes].map(([name, lane]) => ({ name, tier, files: lane.files, waitsFor: [...lane.waitsFor] }));
}
