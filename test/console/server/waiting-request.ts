/** A request of a user for whom there is no place. */
import { untilTrue } from '../../support/until.ts';
import type { Answer } from './cluster-world.ts';

/**
 * Resolves when a request waits for its turn: `ask` is for a user of whom one may wait (`waitingOfUser`), so of two at once one is refused then, and the other
 * one waits. What it returns is the answer, once there is one.
 */
export async function oneWaits(ask: () => Promise<Answer>): Promise<() => Answer | undefined> {
  let answers: Answer[] = [];
  await untilTrue(async () => {
    const seen: Answer[] = [];
    answers = seen;
    const both = [ask(), ask()].map(async (asked) => seen.push(await asked));
    await Promise.race(both);
    if (seen[0]?.status === 429) return true;
    await Promise.all(both);
    return false;
  }, 'all places are taken');
  return () => answers[1];
}
