/**
 * Which test files run in one process, and which processes run at the same time. Pure but for `needsOf`, which is given.
 *
 * Tests on a cluster wait for a third of their time, so more of them run at once than there are cores. The files of a lane are those that share a
 * kind of cluster; each of its processes has one, and takes the next file when it is done with one. Files whose tools are still being built form
 * lanes of their own, which start when those are there.
 */
import type { ExtraTool } from '../../tools/devcluster/build/components.ts';
import type { Needs } from './needs.ts';

export const tiers = ['unit', 'cluster', 'e2e'] as const;
export type Tier = (typeof tiers)[number];

export interface Lane {
  readonly name: string;
  readonly tier: Tier;
  /** The kind of cluster that its files share. */
  readonly shares: Needs['shares'];
  readonly files: readonly string[];
  /** So many processes run its files. */
  readonly workers: number;
  /** To be built before it starts. */
  readonly waitsFor: readonly ExtraTool[];
}

/**
 * Files that share no cluster are those of pages, which hardly wait: two processes keep two cores busy. They begin last, when fewer and fewer others
 * are left.
 */
export function inOrder(lanes: readonly Lane[]): readonly Lane[] {
  return lanes.toSorted((a, b) => Number(isOfPages(a)) - Number(isOfPages(b)));
}

function isOfPages({ tier, shares }: Lane): boolean {
  return tier === 'e2e' && shares === undefined;
}

/** Of the tier `cluster`. Each process starts a cluster, which costs some ten seconds of a processor: more of them do not pay. */
const CLUSTERS = 2;

interface LaneInput {
  readonly tier: Tier;
  readonly files: readonly string[];
  readonly needsOf: (file: string) => Needs;
  readonly isBuilt: (tool: ExtraTool) => boolean;
}

/**
 * The lanes of e2e in the order in which they begin, and how many processes each has. Each process of the first two starts a cluster, which costs as
 * much as some tests. The files that share a node take longest, so two processes run them.
 */
const places: readonly (readonly [Needs['shares'], number])[] = [
  ['on a node', 2],
  ['in the cluster', 1],
  [undefined, 2],
];

export function lanesOf({ tier, files, needsOf, isBuilt }: LaneInput): readonly Lane[] {
  const lanesAt = (
    place: string,
    those: readonly string[],
    most: number,
    shares?: Needs['shares'],
  ): readonly Lane[] => {
    const missingOf = (file: string): readonly ExtraTool[] => [...needsOf(file).tools].filter((tool) => !isBuilt(tool));
    const lane = (name: string, its: readonly string[]): readonly Lane[] => {
      const waitsFor = [...new Set(its.flatMap(missingOf))];
      return its.length === 0
        ? []
        : [{ name, tier, shares, files: its, workers: Math.min(most, its.length), waitsFor }];
    };
    return [
      ...lane(
        place,
        those.filter((file) => missingOf(file).length === 0),
      ),
      ...lane(
        `${place}, with tools`,
        those.filter((file) => missingOf(file).length > 0),
      ),
    ];
  };
  if (tier !== 'e2e') return lanesAt(tier, files, CLUSTERS);
  return places.flatMap(([shares, most]) =>
    lanesAt(
      `e2e ${shares ?? 'by itself'}`,
      files.filter((file) => needsOf(file).shares === shares),
      most,
      shares,
    ),
  );
}
