/** How often sealing keys are published and made again while something else keeps undoing it. */
import type { Clock } from '../../kernel/index.ts';
import { RepairLimiter } from '../repair-limiter.ts';

export interface KeyRepairs {
  readonly publish: RepairLimiter;
  readonly create: RepairLimiter;
}

/** Each pair takes seconds to make and is never deleted: after three of a kind, one a minute at first, then one an hour. */
const createPauses = { mostAtOnce: 3, shortestMs: 60_000, longestMs: 3_600_000 };

export function keyRepairs(clock: Clock): KeyRepairs {
  return { publish: new RepairLimiter(clock), create: new RepairLimiter(clock, createPauses) };
}
