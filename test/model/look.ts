/** The look at the end of each step: until nothing is wrong, by the watches of the view. */
import type { ClusterView } from './cluster-view.ts';
import type { SharedOperator } from './shared-operator.ts';

/** For the API server's own view of RBAC, and a machine that does much else. */
export const settledWithinMs = 120_000;
/** Changes of RBAC are in force a moment after a watch shows them. */
const pauseMs = 20;
/** Slower than this is said, with what was waited for. */
const slowMs = 3_000;

interface Looking {
  readonly operator: SharedOperator;
  readonly view: ClusterView;
  readonly say: (line: string) => void;
}

/** `down`: no operator runs, so nothing becomes right by waiting. Throws when something stays wrong. */
export async function untilRight(
  { operator, view, say }: Looking,
  namespaces: readonly string[],
  look: () => Promise<readonly string[]> | readonly string[],
): Promise<'right' | 'down'> {
  const startMs = Date.now();
  let slow: readonly string[] = [];
  for (;;) {
    await operator.whenAtRest();
    if (operator.isDown) return 'down';
    const wrong = await look();
    if (wrong.length === 0) break;
    const sinceMs = Math.max(startMs, operator.upSinceMs);
    if (slow.length === 0 && Date.now() > sinceMs + slowMs) slow = wrong;
    if (operator.isUp && Date.now() > sinceMs + settledWithinMs) throw new Error(wrong.join('\n'));
    await view.nextChange(namespaces, pauseMs);
  }
  if (slow.length > 0) say(`a step took ${String(Date.now() - startMs)} ms: ${slow.join(', ')}`);
  return 'right';
}
