/**
 * What a test file needs, read from its text and from what it imports of test/: tools that are built from source for minutes, and which
 * cluster it shares with others. So nobody keeps a list.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExtraTool } from '../../tools/devcluster/build/components.ts';

export interface Needs {
  readonly tools: ReadonlySet<ExtraTool>;
  readonly shares: Shared | undefined;
}

/** The one in which the operator runs as a Deployment, or the one that runs Pods and has the operator beside it. */
export type Shared = 'in the cluster' | 'on a node';

const sharedBy: readonly (readonly [path: string, shared: Shared])[] = [
  ['test/support/in-cluster.ts', 'in the cluster'],
  ['test/e2e/node-cluster.ts', 'on a node'],
];

export function needsOf(file: string): Needs {
  const seen = new Set<string>();
  const tools = new Set<ExtraTool>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, tool = ''] of text.matchAll(/\bbuiltTool\('([a-z-]+)'\)/g)) tools.add(tool as ExtraTool);
    for (const [, target = ''] of text.matchAll(/\bfrom '(\.{1,2}\/[^']+\.ts)'/g)) {
      const next = join(dirname(path), target);
      if (/(^|\/)test\//.test(next)) visit(next);
    }
  };
  visit(file);
  const [, shares] = sharedBy.find(([end]) => [...seen].some((path) => path.endsWith(end))) ?? [];
  return { tools, shares };
}
