/** What a job uses: measures over time, with what it asked for and may use. */
import { describe, expect, test } from 'vitest';
import { amountText, sampleOf, usesOf, withSample, type Sample } from '../../src/client/index.ts';

const sample = (at: number, cpu: number): Sample => ({ at, amounts: { cpu, memory: 1 } });

describe('measures', () => {
  test('are the sum of the containers', () => {
    const measured = {
      timestamp: '2026-11-28T15:00:00Z',
      containers: [
        { usage: { cpu: '250m', memory: '1Ki' } },
        { usage: { cpu: '5n', memory: '1Mi', 'x.com/gpu': '1' } },
      ],
    };
    expect(sampleOf(measured)).toEqual({
      at: Date.UTC(2026, 10, 28, 15),
      amounts: { cpu: 0.250000005, memory: 1024 + 1024 ** 2, 'x.com/gpu': 1 },
    });
  });

  test('without a time are none', () => expect(sampleOf({ containers: [] })).toBeUndefined());

  test('are kept once each, in order, an hour of them', () => {
    let samples: readonly Sample[] = [];
    for (let at = 0; at < 1_000; at += 1) samples = withSample(samples, sample(at, at));
    expect(withSample(samples, sample(999, 5))).toBe(samples);
    expect(withSample(samples, sample(3, 5))).toBe(samples);
    expect([samples.length, samples[0]?.at]).toEqual([240, 760]);
  });
});

describe('the resources of a job', () => {
  const container = (requests: Record<string, string>, limits: Record<string, string>) => ({
    resources: { requests, limits },
  });

  test('are CPU and memory first, with what was asked for and the limit', () => {
    const pod = {
      spec: {
        containers: [container({ cpu: '100m', memory: '64Mi' }, { cpu: '1', memory: '128Mi', 'nvidia.com/gpu': '2' })],
      },
    };
    expect(usesOf([sample(1, 0.5)], pod)).toEqual([
      { resource: 'cpu', points: [{ at: 1, amount: 0.5 }], request: 0.1, limit: 1 },
      { resource: 'memory', points: [{ at: 1, amount: 1 }], request: 64 * 1024 ** 2, limit: 128 * 1024 ** 2 },
      { resource: 'nvidia.com/gpu', points: [], limit: 2 },
    ]);
  });

  test('have no limit where one container has none', () => {
    const pod = { spec: { containers: [container({}, { cpu: '1' }), container({ cpu: '1' }, {})] } };
    expect(usesOf([], pod)[0]).toEqual({ resource: 'cpu', points: [], request: 1 });
  });

  test('are there before anything is measured or the Pod is known', () => {
    expect(usesOf([], undefined).map(({ resource }) => resource)).toEqual(['cpu', 'memory']);
  });
});

test.each([
  ['cpu', 0.25, '0.250'],
  ['cpu', 16, '16.0'],
  ['memory', 512, '512 B'],
  ['memory', 1.5 * 1024 ** 2, '1.5 MiB'],
  ['memory', 1024 ** 3 * 12, '12 GiB'],
  ['nvidia.com/gpu', 2, '2'],
])('%s %d is %s', (resource, amount, text) => {
  expect(amountText(resource, amount)).toBe(text);
});
