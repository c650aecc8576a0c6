/** Sessions in cookies: encrypted, bound to their purpose, cut into pieces, opened by former keys. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  clearedCookies,
  openSession,
  openText,
  sealText,
  sessionCookies,
  type SessionData,
} from '../../../src/console/server/sessions/session-cookie.ts';
import { randomSessionKeys, sessionKeysFrom } from '../../../src/console/server/sessions/session-keys.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const style = { isSecure: true };
const log = { warn: () => undefined };
const data: SessionData = {
  id: 'id',
  csrf: 'csrf',
  user: 'alice',
  startedAt: 0,
  endsAt: 1,
  generation: 0,
  way: 'token',
  token: 'CANARY-token',
  tokenGivenAt: 0,
};
const jar = (setCookies: readonly string[] | undefined): Record<string, string> =>
  Object.fromEntries(
    (setCookies ?? [])
      .map((line) => (line.split(';', 1)[0] ?? '').split(/=(.*)/s).slice(0, 2) as [string, string])
      .filter(([, value]) => value !== ''),
  );

describe('a session', () => {
  const keys = randomSessionKeys();

  test('comes back from its cookies, and says nothing on the way', async () => {
    const cookies = await sessionCookies(data, keys, style);
    expect(await openSession(jar(cookies), keys, style)).toEqual(data);
    expect(cookies?.join()).not.toContain('CANARY');
  });

  test('has cookies of this host alone, out of reach for scripts and other sites', async () => {
    for (const line of (await sessionCookies(data, keys, style)) ?? []) {
      expect(line).toMatch(/^__Host-neuro-session-\d=.*; Path=\/; HttpOnly; Secure; Priority=High; SameSite=Strict$/);
    }
  });

  test('of a long token is cut into pieces that browsers take', async () => {
    const long = { ...data, token: 'x'.repeat(9_000) };
    const cookies = (await sessionCookies(long, keys, style)) ?? [];
    expect(cookies.every((line) => (line.split(';', 1)[0] ?? '').length < 4_096)).toBe(true);
    expect(await openSession(jar(cookies), keys, style)).toEqual(long);
  });

  test('takes the pieces of a longer, former one away', async () => {
    const cookies = (await sessionCookies(data, keys, style)) ?? [];
    expect(cookies.filter((line) => line.includes('Max-Age=0'))).toHaveLength(4);
    expect(clearedCookies(style)).toHaveLength(5);
  });

  test('that is too large for cookies is none', async () => {
    expect(await sessionCookies({ ...data, token: 'x'.repeat(20_000) }, keys, style)).toBeUndefined();
  });

  test.each<[string, (value: string) => string]>([
    ['that was changed', (value) => `${value.slice(0, -4)}AAAA`],
    ['that was cut', (value) => value.slice(0, 50)],
    ['that is no ciphertext', () => 'nonsense'],
    ['that says it needs no key', () => 'eyJhbGciOiJub25lIn0.e30.'],
  ])('%s is none', async (_case, spoil) => {
    const [name = '', value = ''] = Object.entries(jar(await sessionCookies(data, keys, style)))[0] ?? [];
    expect(await openSession({ [name]: spoil(value) }, keys, style)).toBeUndefined();
  });

  test('of another key is none', async () => {
    const cookies = jar(await sessionCookies(data, randomSessionKeys(), style));
    expect(await openSession(cookies, keys, style)).toBeUndefined();
  });

  test('is not what was sealed for a login', async () => {
    const sealed = await sealText(JSON.stringify(data), 'login', keys);
    expect(await openText(sealed, 'login', keys)).toBe(JSON.stringify(data));
    expect(await openSession({ '__Host-neuro-session-0': sealed }, keys, style)).toBeUndefined();
  });
});

describe('the key file', () => {
  const [old, fresh] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')];
  const clock = new ManualClock();
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'neuro-keys-'));
    path = join(folder, 'keys');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is read again when it changes; former keys keep opening while they are in it', async () => {
    writeFileSync(path, `${old}\n`);
    const keys = sessionKeysFrom(path, { clock, log });
    const cookies = jar(await sessionCookies(data, keys, style));
    writeFileSync(path, `${fresh}\n${old}\n`);
    clock.stall(20_000);
    expect(await openSession(cookies, keys, style)).toEqual(data);
    const sealed = jar(await sessionCookies(data, keys, style));
    writeFileSync(path, `${fresh}\n\n`);
    clock.stall(20_000);
    expect(await openSession(cookies, keys, style)).toBeUndefined();
    expect(await openSession(sealed, keys, style)).toEqual(data);
  });

  test('that becomes wrong keeps the former keys in force', async () => {
    writeFileSync(path, `${old}\n`);
    const keys = sessionKeysFrom(path, { clock, log });
    const cookies = jar(await sessionCookies(data, keys, style));
    writeFileSync(path, 'nonsense\n');
    clock.stall(20_000);
    expect(await openSession(cookies, keys, style)).toEqual(data);
  });

  test.each([
    ['', 'the file has no line'],
    ['nonsense\n', '1 of 1 lines are something else'],
    [`${Buffer.alloc(32).toString('base64')}\n${Buffer.alloc(16).toString('base64')}\n`, '1 of 2 lines'],
  ])('that is wrong at the start is refused: %j', (text, found) => {
    writeFileSync(path, text);
    const refusal = { code: 'ConfigNotReadable', message: expect.stringContaining(found) as unknown };
    expect(() => sessionKeysFrom(path, { clock, log })).toThrow(expect.objectContaining(refusal));
  });
});
