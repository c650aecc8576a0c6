import { describe, expect, it } from 'vitest';
import type { Contestant, Figures } from './contestant.ts';
import { svgOf } from './chart.ts';
import { chartsOf, pageOf, type RivalsRun } from './page.ts';
import { foundOf, verdictsOf } from './verdicts.ts';

function contestant(id: string, race: Contestant['race']): Contestant {
  return { id, race, title: id, flags: 'none', burst: 10, single: 1, start: () => Promise.resolve(undefined) };
}

function figures(perSecond: number, more: Partial<Figures> = {}): Figures {
  return {
    perSecond,
    controllerCpuMs: 1,
    apiServerCpuMs: 2,
    writes: 2,
    events: 0,
    p50Ms: 10,
    p99Ms: 15,
    peakMiB: 90,
    ...more,
  };
}

const all = [contestant('ours', 'secrets'), contestant('sealed-secrets', 'secrets'), contestant('ours-jobs', 'jobs')];
const measured = new Map([
  ['ours', [figures(200), figures(300), figures(250)]],
  ['sealed-secrets', [figures(50, { p99Ms: 100 })]],
]);

function run(): RivalsRun {
  return {
    machine: { processors: 2, model: 'a processor', memoryGiB: 24, system: 'linux', node: 'v24.0.0', loadAtStart: 0.1 },
    rounds: 3,
    seed: 7,
    minutes: 11.6,
    date: new Date('2026-01-31T12:00:00Z'),
    found: foundOf(all, measured),
    failed: ['round 1: secrets, slow: Error: waiting for 10 products'],
  };
}

describe('the result of the rivals', () => {
  it('is the middle round with the lowest and the highest', () => {
    expect(foundOf(all, measured)[0]?.figures.perSecond).toEqual({ median: 250, least: 200, most: 300 });
  });

  it('is the mean of the two in the middle where the number of rounds is even', () => {
    const even = new Map([['ours', [figures(400), figures(100), figures(300), figures(200)]]]);
    expect(foundOf(all, even)[0]?.figures.perSecond).toEqual({ median: 250, least: 100, most: 400 });
  });

  it('leaves out a contestant that never ran, and compares nothing with it', () => {
    expect(foundOf(all, measured).map(({ contestant: { id } }) => id)).toEqual(['ours', 'sealed-secrets']);
    expect(verdictsOf(foundOf(all, measured)).some(({ what }) => what.includes('job'))).toBe(false);
  });

  it('says whether a target was reached', () => {
    const [rate] = verdictsOf(foundOf(all, measured));
    expect(rate).toMatchObject({ value: 5, isReached: true });
    const slower = new Map([...measured, ['ours', [figures(249)]] as const]);
    expect(verdictsOf(foundOf(all, slower))[0]).toMatchObject({ isReached: false });
  });

  it('names the day, the machine and the seed on the page', () => {
    const page = pageOf(run());
    for (const text of ['2026-01-31', 'a processor', 'seed 7', '250 (200 to 300)', '**Not measured**: round 1'])
      expect(page).toContain(text);
  });

  it('has a chart for each race that was run', () => {
    expect([...chartsOf(run()).keys()]).toEqual(['benchmarks-secrets-rate.svg', 'benchmarks-secrets-rest.svg']);
  });

  it('draws the longest bar over the full width, and the others in proportion', () => {
    const bar = { least: 0, most: 0, isOurs: false };
    const svg = svgOf({
      title: 'a < b',
      unit: '/s',
      bars: [
        { label: 'one', value: 10, ...bar },
        { label: 'two', value: 5, ...bar },
      ],
    });
    const widths = [...svg.matchAll(/<rect [^>]*?\bwidth="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths[1]).toBeCloseTo((widths[0] ?? 0) / 2, 0);
    expect(svg).toContain('a &lt; b');
  });
});
