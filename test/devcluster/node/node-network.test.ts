import { describe, expect, it } from 'vitest';
import { MAX_NODES, chooseNetwork, nodeNetwork } from '../../../tools/devcluster/node/node-network.ts';

describe('the network of a node', () => {
  it('is the first when nothing is in the way', () => {
    expect(chooseNetwork(new Set(), ['default', '192.168.1.0/24'])?.index).toBe(0);
  });

  it.each([
    ['another cluster has the first', new Set([0]), []],
    ['a route is the first range itself', new Set<number>(), ['10.211.0.0/20']],
    ['a route covers part of the first range', new Set<number>(), ['10.210.3.0/24']],
    ['an address of the link is taken', new Set<number>(), ['10.212.0.7']],
  ])('is the second when %s', (_name, taken, routes) => {
    expect(chooseNetwork(taken, routes)?.index).toBe(1);
  });

  it('is not disturbed by a default route written as a range', () => {
    expect(chooseNetwork(new Set(), ['0.0.0.0/0'])?.index).toBe(0);
  });

  it('is none when a route covers all ranges, or all are taken', () => {
    expect(chooseNetwork(new Set(), ['10.0.0.0/8'])).toBeUndefined();
    expect(chooseNetwork(new Set(Array.from({ length: MAX_NODES }, (_, index) => index)), [])).toBeUndefined();
  });

  it('shares no range and no device with another one', () => {
    const all = Array.from({ length: MAX_NODES }, (_, index) => nodeNetwork(index));
    for (const field of ['podCidr', 'serviceCidr', 'hostAddress', 'linkName'] as const) {
      expect(new Set(all.map((each) => each[field])).size).toBe(MAX_NODES);
    }
    // The kernel takes at most 15 characters.
    for (const { linkName } of all) expect(linkName.length).toBeLessThanOrEqual(15);
  });
});
