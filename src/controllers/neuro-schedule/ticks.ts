/**
 * When a schedule falls due. Pure.
 *
 * Promises: ticks are whole minutes. Where clocks are set forward, a time that does not exist is made up for as soon as the gap is over; where
 * they are set back, a time that comes twice counts once. A line with `*` for the hour goes on through both by the time that passes.
 */
import { Cron } from 'croner';
import type { CronLine } from '../../api/index.ts';

/** The first window in which the latest tick is looked for. A line that is seldom due takes some more, each so many times as long. */
const windowMs = 3_600_000;
const windowGrowth = 3;

export interface Ticks {
  /** The first tick after that time; undefined where there is none, as on 30 February. Epoch milliseconds. */
  next(afterMs: number): number | undefined;
  /** The latest tick that is after `afterMs` and not after `untilMs`. */
  latest(afterMs: number, untilMs: number): number | undefined;
}

export function ticksOf({ fields, needsBothDays }: CronLine, timeZone: string): Ticks {
  const cron = new Cron(fields.join(' '), {
    timezone: timeZone,
    mode: '5-part',
    domAndDow: needsBothDays,
    paused: true,
  });
  const next = (afterMs: number): number | undefined => cron.nextRun(new Date(afterMs))?.getTime();
  return {
    next,
    // Only forward, so that a tick is the same whichever way it is found.
    latest: (afterMs, untilMs) => {
      for (let span = windowMs; ; span *= windowGrowth) {
        const fromMs = Math.max(afterMs, untilMs - span);
        let found: number | undefined;
        for (let tick = next(fromMs); tick !== undefined && tick <= untilMs; tick = next(tick)) found = tick;
        if (found !== undefined || fromMs === afterMs) return found;
      }
    },
  };
}

export function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +02:00 are no names of time zones.
    return (
      /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
    );
  } catch {
    return false;
  }
}
