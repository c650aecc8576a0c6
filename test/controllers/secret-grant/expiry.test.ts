import { expect, it } from '@jest/globals';
import { wakeAtExpiry } from '../../../src/controllers/secret-grant/expiry.ts';
import type { SecretGrantView } from '../../../src/controllers/views.ts';
import { longestDelayMs, Store } from '../../../src/kernel/index.ts';
import { grantView } from '../../support/builders.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function watched() {
  const clock = new ManualClock();
  const store = new Store<SecretGrantView>();
  const woken: string[] = [];
  wakeAtExpiry(store, (key) => woken.push(key), clock);
  const startMs = clock.now();
  let version = 0;
  const put = (inMs: number | undefined, name = 'g'): void => {
    const expiresAt = inMs === undefined ? {} : { expiresAt: new Date(startMs + inMs).toISOString() };
    store.set(grantView(expiresAt, { metadata: { name, resourceVersion: String(++version) } }));
  };
  return { clock, store, woken, put };
}

it('wakes a grant at its expiry, and not before', async () => {
  const { clock, woken, put } = watched();
  put(1_000);
  await clock.advance(999);
  expect(woken).toEqual([]);
  await clock.advance(1);
  expect(woken).toEqual(['alice/g']);
});

it('wakes it once, at the expiry that it was given last', async () => {
  const { clock, woken, put } = watched();
  put(1_000);
  put(5_000);
  await clock.advance(4_999);
  expect(woken).toEqual([]);
  put(6_000);
  await clock.advance(10_000);
  expect(woken).toEqual(['alice/g']);
});

it('does not wake one that is gone, that never ends or is over already', async () => {
  const { clock, store, woken, put } = watched();
  put(1_000);
  put(undefined, 'never');
  put(-5, 'over');
  store.delete('alice/g');
  await clock.advance(10_000);
  expect(woken).toEqual([]);
});

it('wakes one whose expiry is further away than a timer reaches', async () => {
  const { clock, woken, put } = watched();
  put(3 * longestDelayMs);
  await clock.advance(3 * longestDelayMs - 1);
  expect(woken).toEqual([]);
  await clock.advance(1);
  expect(woken).toEqual(['alice/g']);
});
