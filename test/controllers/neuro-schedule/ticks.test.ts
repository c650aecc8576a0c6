import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { hasDay, parseCronLine } from '../../../src/api/index.ts';
import { ticksOf, type Ticks } from '../../../src/controllers/neuro-schedule/ticks.ts';

function ticks(text: string, timeZone = 'UTC'): Ticks {
  const parsed = parseCronLine(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return ticksOf(parsed.line, timeZone);
}

function listed({ next }: Ticks, from: string, count: number): readonly string[] {
  const times: string[] = [];
  for (let ms = next(Date.parse(from)); ms !== undefined && times.length < count; ms = next(ms))
    times.push(new Date(ms).toISOString().slice(0, 16));
  return times;
}

describe('the times of a schedule', () => {
  it.each([
    ['on weekdays', '0 3 * * 1-5', 'UTC', '2026-11-27T12:00Z', ['2026-11-30T03:00', '2026-12-01T03:00']],
    [
      'on either day, when both are named',
      '0 0 1 * 1',
      'UTC',
      '2026-11-28T00:00Z',
      ['2026-11-30T00:00', '2026-12-01T00:00'],
    ],
    [
      'on both days, when one is a step of all',
      '0 0 */2 * 1',
      'UTC',
      '2026-12-01T00:00Z',
      ['2026-12-07T00:00', '2026-12-21T00:00'],
    ],
    ['on 29 February', '0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['in a time zone', '0 9 * * *', 'Asia/Kathmandu', '2026-11-28T00:00Z', ['2026-11-28T03:15', '2026-11-29T03:15']],
    // Berlin has no 02:30 on 29 March 2026, and two on 25 October.
    ['right after a gap', '30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    [
      'once in a repeated hour',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'each hour that passes, over a gap',
      '30 * * * *',
      'Europe/Berlin',
      '2026-03-29T00:00Z',
      ['2026-03-29T00:30', '2026-03-29T01:30'],
    ],
    [
      'each hour that passes, repeated ones too',
      '30 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:00Z',
      ['2026-10-25T00:30', '2026-10-25T01:30'],
    ],
    [
      'a gap of half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00Z',
      ['2026-10-03T15:30', '2026-10-04T15:15'],
    ],
    [
      'midnight that does not exist',
      '0 0 * * *',
      'America/Havana',
      '2026-03-07T06:00Z',
      ['2026-03-08T05:00', '2026-03-09T04:00'],
    ],
  ])('%s: %s %s', (_name, text, timeZone, from, times) => {
    expect(listed(ticks(text, timeZone), from, 2)).toEqual(times);
  });

  it('has none on 30 February', () => {
    expect(ticks('0 0 30 2 *').next(Date.UTC(2026, 0))).toBeUndefined();
    expect(ticks('0 0 30 2 *').latest(Date.UTC(2020, 0), Date.UTC(2026, 0))).toBeUndefined();
  });

  it('is after the given time, and not at it', () => {
    const { next, latest } = ticks('* * * * *');
    const at = Date.UTC(2026, 0, 1, 12);
    expect(next(at)).toBe(at + 60_000);
    expect(next(at - 1)).toBe(at);
    expect(latest(at - 60_000, at)).toBe(at);
    expect(latest(at, at)).toBeUndefined();
    expect(latest(at, at - 3_600_000)).toBeUndefined();
  });
});

const lines = [
  ...['30 2 * * *', '*/30 * * * *', '0,20,40 0,2 * * *', '5 * * * *', '0 3 1 * *', '* * * * *', '0 0 * * 1-5'],
  ...['*/7 2 * 3,10 *', '59 23 31 */2 *', '30 1-3 * * 0'],
];
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kathmandu'];
const yearMs = 366 * 86_400_000;

test('a line without a day is known by the calendar, before centuries are looked through', () => {
  const field = (least: number, most: number) =>
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 }).map((all) => all.join(','));
  const all = fc.constant('*');
  fc.assert(
    fc.property(fc.oneof(all, field(28, 31)), fc.oneof(all, field(1, 12)), all, (days, months, weekdays) => {
      const parsed = parseCronLine(`0 0 ${days} ${months} ${weekdays}`);
      if ('problem' in parsed) throw new Error(parsed.problem);
      const [, , dayField, monthField] = parsed.line.fields;
      // The days of a leap year, one by one.
      const isThere = Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(2028, 0, 1 + day))).some(
        (date) =>
          (dayField === '*' || dayField.split(',').includes(String(date.getUTCDate()))) &&
          (monthField === '*' || monthField.split(',').includes(String(date.getUTCMonth() + 1))),
      );
      expect(hasDay(parsed.line)).toBe(isThere);
    }),
  );
});

test('the latest time is the last one that going forward finds', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...lines),
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: yearMs }),
      fc.integer({ min: 0, max: 2 * 86_400_000 }),
      (text, zone, start, length) => {
        const { next, latest } = ticks(text, zone);
        const fromMs = Date.UTC(2026, 0, 1) + start;
        let last: number | undefined;
        for (let ms = next(fromMs); ms !== undefined && ms <= fromMs + length; ms = next(ms)) {
          expect(ms - (last ?? fromMs)).toBeGreaterThan(0);
          expect(ms % 60_000).toBe(0);
          last = ms;
        }
        expect(latest(fromMs, fromMs + length)).toBe(last);
      },
    ),
    { numRuns: 60 },
  );
});
