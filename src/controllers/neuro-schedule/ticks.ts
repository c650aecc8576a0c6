/**
 * When a schedule falls due. Pure.
 *
 * Promises: ticks are whole minutes. Where clocks are set forward, a time that does not exist is made up for as soon as the gap is over; where
 * they are set back, a time that comes twice counts once. A line with `*` for the hour goes on through both by the time that passes.
 */
import { Cron } from 'croner';
import { hasDay, type CronLine } from '../../api/index.ts';

const minuteMs = 60_000;

export interface Ticks {
  /** The first tick after that time; undefined where there is none, as on 30 February. Epoch milliseconds. */
  next(afterMs: number): number | undefined;
  /** The latest tick that is after `afterMs` and not after `untilMs`. */
  latest(afterMs: number, untilMs: number): number | undefined;
}

export function ticksOf(line: CronLine, timeZone: string): Ticks {
  // Looking for a day that never comes goes through centuries, and would hold up everybody else.
  if (!hasDay(line)) return { next: () => undefined, latest: () => undefined };
  const { fields, needsBothDays } = line;
  const cron = new Cron(fields.join(' '), {
    timezone: timeZone,
    mode: '5-part',
    domAndDow: needsBothDays,
    paused: true,
  });
  const next = (afterMs: number): number | undefined => cron.nextRun(new Date(afterMs))?.getTime();
  return {
    next,
    // Halved again and again: one tick after the other would be seconds for a line that is due each minute of a month.
    latest: (afterMs, untilMs) => {
      let found = next(afterMs);
      if (found === undefined || found > untilMs) return undefined;
      for (let [low, high] = [afterMs, untilMs]; high - low > minuteMs;) {
        const middle = low + Math.floor((high - low) / 2);
        const tick = next(middle);
        if (tick === undefined || tick > untilMs) high = middle;
        else [low, found] = [middle, tick];
      }
      // The search goes forward only, so that a tick is the same however it is found.
      for (let tick = next(found); tick !== undefined && tick <= untilMs; tick = next(tick)) found = tick;
      return found;
    },
  };
}
