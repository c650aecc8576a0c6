/** How often somebody without a session may try, and by what they are told apart. */
import { beforeEach, describe, expect, test } from 'vitest';
import { networkOf } from '../../../src/console/server/login/client-address.ts';
import { LoginLimits, type Client } from '../../../src/console/server/login/login-limits.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::10.1.2.3', '64:ff9b:0:0::/64'],
  ['not an address', 'not an address'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('attempts', () => {
  let clock: ManualClock;
  let limits: LoginLimits;
  const at = (address: string, knownUser?: string): Client => ({ address, knownUser });
  /** How many of so many attempts were let through; each fails at once. */
  const failing = (count: number, client: Client): number => {
    let passed = 0;
    for (let index = 0; index < count; index += 1) {
      try {
        limits.token(client);
        passed += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'TooManyRequests' });
      }
    }
    return passed;
  };

  beforeEach(() => {
    clock = new ManualClock();
    limits = new LoginLimits({ clock });
  });

  test('that fail are bounded, and come back with time', () => {
    expect(failing(1_000, at('a'))).toBe(20);
    clock.stall(30_000);
    expect(failing(1_000, at('a'))).toBe(10);
  });

  test('that succeed are not counted', () => {
    for (let index = 0; index < 1_000; index += 1) {
      limits.token(at('a')).forgive();
    }
    expect(failing(1, at('a'))).toBe(1);
  });

  test('of one address cost another nothing', () => {
    failing(1_000, at('a'));
    expect(failing(1, at('b'))).toBe(1);
  });

  test('of a browser that someone has logged in with before are counted apart from those of its address', () => {
    failing(1_000, at('a'));
    expect(failing(1_000, at('a', 'alice'))).toBe(20);
    expect(failing(1, at('a', 'bob'))).toBe(1);
  });

  test('that the API server is asked about at once are bounded, and leave known browsers alone', async () => {
    const ends: (() => void)[] = [];
    const ask = (client: Client): Promise<unknown> =>
      limits
        .token(client)
        .ask(() => new Promise((resolve) => ends.push(() => resolve('answered'))))
        .catch((error: unknown) => (error as { readonly code: string }).code);
    const open = Array.from({ length: 64 }, (_, index) => ask(at(`a${String(index)}`)));
    expect(await ask(at('b'))).toBe('TooManyRequests');
    void ask(at('b', 'alice'));
    await settle();
    expect(ends).toHaveLength(65);
    ends[0]?.();
    expect(await open[0]).toBe('answered');
    void ask(at('b'));
    expect(ends).toHaveLength(66);
    expect(await ask(at('c'))).toBe('TooManyRequests');
    // None of those that were refused so was a failure.
    expect(failing(1_000, at('c'))).toBe(20);
  });

  test('of known browsers take turns by user, and are bounded for each and in all', async () => {
    const asked: string[] = [];
    const ends: (() => void)[] = [];
    const ask = (user: string, count: number): void => {
      for (let index = 0; index < count; index += 1)
        void limits.token(at('a', user)).ask(() => {
          asked.push(user);
          return new Promise<void>((resolve) => ends.push(resolve));
        });
    };
    ask('mallory', 20);
    await settle();
    expect(asked).toHaveLength(8);
    for (let index = 0; index < 70; index += 1) ask(`mallory-${String(index)}`, 1);
    await settle();
    expect(asked).toHaveLength(64);
    ask('alice', 1);
    ends[0]?.();
    await settle();
    // Those who wait for the first time, in their order.
    expect(asked.slice(64)).toEqual(['mallory-56']);
    for (const end of ends.slice(1)) end();
    await settle();
    expect(asked).toContain('alice');
  });

  test('whose token is still on its way keep nobody else from it', async () => {
    for (let index = 0; index < 100; index += 1) limits.token(at(`a${String(index)}`));
    expect(await limits.token(at('b')).ask(() => Promise.resolve('answered'))).toBe('answered');
  });

  test('from ten thousands of addresses are forgotten, not kept', () => {
    failing(20, at('first'));
    for (let index = 0; index < 10_000; index += 1) failing(1, at(String(index)));
    expect(failing(1, at('first'))).toBe(1);
  });

  test('to go to the provider do not count among those with a token, nor the way back', () => {
    failing(1_000, at('a'));
    for (let index = 0; index < 60; index += 1) limits.start(at('a'));
    expect(() => limits.start(at('a'))).toThrow(expect.objectContaining({ code: 'TooManyRequests' }));
    expect(() => limits.start(at('a'))).toThrow(/were begun from your address/);
    expect(() => limits.token(at('a'))).toThrow(/from your address have failed/);
    for (let index = 0; index < 20; index += 1) limits.callback(at('a'));
    expect(() => limits.callback(at('a'))).toThrow(expect.objectContaining({ code: 'TooManyRequests' }));
  });
});
