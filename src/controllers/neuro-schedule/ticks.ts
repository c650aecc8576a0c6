/**
 * When a schedule falls due. Pure.
 *
 * Promises: ticks are whole minutes. Where clocks are set forward, a time that does not exist is made up for as soon as the gap is over; where
 * they are set back, a time that comes twice counts once. A line with `*` for the hour goes on through both by the time that passes.
 */
import { Cron } from 'croner';
import type { CronLine } from '../../api/index.ts';

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
      // Only forward, so that a tick is the same whichever way it is found.
      for (let tick = next(found); tick !== undefined && tick <= untilMs; tick = next(tick)) found = tick;
      return found;
    },
  };
}

/** Of each month, in a leap year. */
const lastDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether some day of the calendar matches: 30 February does not, and no month of 30 days has a 31st. */
export function hasDay({ fields: [, , days, months], needsBothDays }: CronLine): boolean {
  // Otherwise a day of the week is enough, and there is one each week.
  if (days === '*' || !needsBothDays) return true;
  const first = Number(days.split(',')[0]);
  return (months === '*' ? [1] : months.split(',').map(Number)).some((month) => first <= (lastDays[month - 1] ?? 0));
}
