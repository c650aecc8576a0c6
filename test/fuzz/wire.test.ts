/** What comes over the wire: watch streams, paths for the console's proxy, sealed texts. */
import { Readable } from 'node:stream';
import { beforeAll, describe, expect } from 'vitest';
import fc from 'fast-check';
import { isConsoleError } from '../../src/console/server/errors.ts';
import { forwardedTarget, type ForwardedTarget } from '../../src/console/server/proxy/forwarded-target.ts';
import { isKernelError, systemClock, watchEvents } from '../../src/kernel/index.ts';
import {
  generateHpkeKeyPair,
  generateRsaKeyPair,
  importHpkeKeyPair,
  importRsaKeyPair,
  newSealingKeyring,
  parseSealedHpke,
  sealHpke,
  sealKubeseal,
  SealingError,
  type SealingKeyring,
} from '../../src/sealing/index.ts';
import { fuzz, search } from './fuzz.ts';

describe('a watch', () => {
  interface Told {
    readonly events: readonly unknown[];
    readonly code: string;
  }
  async function read(chunks: readonly Uint8Array[]): Promise<Told> {
    const events: unknown[] = [];
    try {
      const options = { path: '/watched', clock: systemClock, silenceMs: 60_000 };
      for await (const event of watchEvents(Readable.from(chunks), options)) events.push(event);
      return { events, code: 'end' };
    } catch (error) {
      if (!isKernelError(error)) throw error;
      return { events, code: error.code };
    }
  }
  const words = [
    '{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n',
    '"type"',
    ':',
    '{',
    '}',
    '\n',
    '"ERROR"',
    '"object"',
    'null',
    '"code"',
    '410',
    '\\u0000',
    '😀',
    ' ',
  ];

  fuzz('gives events or a kernel error, and the same however the network cuts it', {
    corpus: 'watch-stream',
    words,
    check: async (text) => {
      const bytes = Buffer.from(text);
      const whole = await read([bytes]);
      const cuts = [1, 2, 3, 7].map((size) =>
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        ),
      );
      for (const chunks of cuts) expect(await read(chunks)).toEqual(whole);
      for (const event of whole.events)
        expect((event as { object: { metadata: unknown } }).object.metadata).toBeDefined();
    },
  });

  search('loses no event, wherever the network cuts', {
    arbitrary: fc.tuple(
      fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 8 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
    ),
    check: async ([names, places]) => {
      const events = names.map((name) => ({ type: 'ADDED', object: { metadata: { name } } }));
      const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      const at = [0, ...places.filter((place) => place < bytes.length).toSorted((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(await read(chunks)).toEqual({ events, code: 'end' });
    },
  });
});

describe('a path for the proxy', () => {
  const words = [
    '/k8s/cluster',
    '/api/v1',
    '/apis/neu.ro/v1',
    '/namespaces/',
    'alice',
    '/usersecrets',
    '/secrets',
    '/pods/',
    '/exec',
    '/log',
    '/proxy',
    '/status',
    '..',
    '.',
    '//',
    '%2f',
    '%2e',
    '%00',
    '?watch=true',
    '&',
    '=',
    '#',
    ';',
    '\\',
    '@',
    '__proto__',
    '?follow=true',
    'fieldSelector=metadata.name%3Dx',
  ];
  const resources = new Set([
    'usersecrets',
    'secretgrants',
    'neurojobs',
    'secrets',
    'pods',
    'configmaps',
    'persistentvolumeclaims',
    'serviceaccounts',
    'namespaces',
    'events',
    'selfsubjectaccessreviews',
    'selfsubjectrulesreviews',
  ]);
  const changesOnlyOurs = ({ attributes: { verb, group, resource, subresource } }: ForwardedTarget): boolean =>
    ['get', 'list', 'watch'].includes(verb) ||
    group === 'neu.ro' ||
    (resource === 'pods' && ['exec', 'attach'].includes(subresource ?? '')) ||
    (group === 'authorization.k8s.io' && resource.startsWith('selfsubject') && verb === 'create');

  fuzz('is one of the few that are forwarded, or refused', {
    corpus: 'proxy-path',
    words,
    check: (text) => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'get', '__proto__']) {
        let target: ForwardedTarget;
        try {
          target = forwardedTarget(method, text);
        } catch (error) {
          expect(isConsoleError(error, 'PathNotForwarded', 'MalformedRequest')).toBe(true);
          continue;
        }
        const { path, attributes, query } = target;
        // As every program reads it, and nothing that one could read otherwise.
        expect(path).toMatch(/^\/apis?(\/[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?)+$/);
        expect(new URL(path, 'http://api.invalid').pathname).toBe(path);
        expect(path.split('/').filter((part) => part === '..' || part === '.')).toEqual([]);
        expect(resources.has(attributes.resource)).toBe(true);
        expect([text, changesOnlyOurs(target)]).toEqual([text, true]);
        if (attributes.resource === 'secrets')
          expect([attributes.verb, attributes.name === undefined]).toEqual(['get', false]);
        if (attributes.subresource !== undefined) expect(attributes.resource).toBe('pods');
        // What was asked about is what is sent.
        const again = forwardedTarget(method, `/k8s/${encodeURIComponent(target.context)}${path}?${query.toString()}`);
        expect({ ...again, query: again.query.toString() }).toEqual({ ...target, query: query.toString() });
      }
    },
  });
});

describe('a sealed text', () => {
  const context = { namespace: 'alice', name: 'db', key: 'db' };
  const value = 'C4n4ry-pass-w0rd';
  let keyring: SealingKeyring;
  const sealed: string[] = [];

  beforeAll(async () => {
    const [pq, classic, rsa] = await Promise.all([
      generateHpkeKeyPair('mlkem768-x25519').then(importHpkeKeyPair),
      generateHpkeKeyPair('x25519').then(importHpkeKeyPair),
      generateRsaKeyPair(2048).then(({ privateKeyPem }) => importRsaKeyPair(privateKeyPem)),
    ]);
    const createdAt = '2026-01-01T00:00:00Z';
    keyring = newSealingKeyring({
      hpke: [pq, classic].map((pair) => ({ pair, createdAt })),
      rsa: [{ pair: rsa, createdAt }],
    });
    sealed.push(
      await sealHpke(pq, context, Buffer.from(value)),
      await sealHpke(classic, context, Buffer.from(value)),
      await sealKubeseal(rsa, 'strict', context, Buffer.from(value)),
    );
  });

  async function opened(format: 'hpke' | 'kubeseal', text: string): Promise<string | undefined> {
    try {
      const { plaintext } = await keyring.open({ format, value: text }, context);
      return Buffer.from(plaintext).toString();
    } catch (error) {
      expect(error).toBeInstanceOf(SealingError);
      expect((error as SealingError).code).not.toBe('InvalidKey');
      // People paste plain values where sealed ones belong.
      if (text.length >= 8 && !text.startsWith('v1.')) expect((error as SealingError).message).not.toContain(text);
      return undefined;
    }
  }

  fuzz('that nobody sealed is refused by what is wrong with it', {
    corpus: 'sealed-text',
    words: [
      'v1',
      'v2',
      '.',
      'mlkem768-x25519',
      'x25519',
      '0123456789abcdef',
      'AAAA',
      '=',
      '-',
      '_',
      '+',
      '/',
      '\n',
      'AgB',
    ],
    check: async (text) => {
      for (const format of ['hpke', 'kubeseal'] as const) expect(await opened(format, text)).toBeUndefined();
      try {
        parseSealedHpke(text);
      } catch (error) {
        expect(error).toBeInstanceOf(SealingError);
      }
    },
  });

  search('that was changed in any one place opens no more', {
    arbitrary: fc.tuple(
      fc.nat({ max: 2 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.constantFrom(...Array.from('AQgw_-+/=.\n ')),
      fc.boolean(),
    ),
    check: async ([which, share, character, isInsert]) => {
      const text = sealed[which] ?? '';
      const at = Math.floor(share * text.length);
      const changed = text.slice(0, at) + character + text.slice(isInsert ? at : at + 1);
      const found = await opened(which === 2 ? 'kubeseal' : 'hpke', changed);
      // The same text, or bytes that base64 writes in two ways.
      if (found !== undefined) expect([found, changed]).toEqual([value, which === 2 ? changed : text]);
    },
  });
});
