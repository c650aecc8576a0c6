import { describe, expect, test } from 'vitest';
import type { EventContent } from '../../src/kernel/index.ts';
import { cutToBytes, eventIdentity, newEvent } from '../../src/kernel/events.ts';

const regarding = { apiVersion: 'neu.ro/v1', kind: 'UserSecret', namespace: 'alice', name: 'db', uid: 'u1' };
const content: EventContent = { type: 'Normal', reason: 'Updated', action: 'Update', note: 'It was updated.' };
const reporter = { controller: 'neu.ro/operator', instance: 'pod-1', nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6) };

describe('events', () => {
  test('have every field that the API server demands', () => {
    expect(newEvent(regarding, content, reporter)).toMatchObject({
      metadata: { namespace: 'alice', name: expect.stringMatching(/^db\.[0-9a-f]{16}$/) },
      eventTime: '2026-01-02T03:04:05.006000Z',
      reportingController: 'neu.ro/operator',
      reportingInstance: 'pod-1',
      ...content,
      regarding,
    });
  });

  test('about an object without a namespace are in the default one', () => {
    const cluster = { apiVersion: 'v1', kind: 'Node', name: 'n' };
    expect(newEvent(cluster, content, reporter).metadata.namespace).toBe('default');
  });

  test.each([
    ['a name of RBAC', 'system:node:A', /^system-node-a\.[0-9a-f]{16}$/],
    ['the longest name', 'x'.repeat(253), /^x{236}\.[0-9a-f]{16}$/],
    ['a name that would be cut after a dot', `${'x'.repeat(235)}.${'y'.repeat(17)}`, /^x{235}\.[0-9a-f]{16}$/],
    ['nothing that may stay', ':::', /^event\.[0-9a-f]{16}$/],
  ])('have a name that is valid for %s', (_name, name, expected) => {
    expect(newEvent({ ...regarding, name }, content, reporter).metadata.name).toMatch(expected);
  });

  test.each<[string, Partial<EventContent>]>([
    ['type', { type: 'Warning' }],
    ['reason', { reason: 'Other' }],
    ['action', { action: 'Other' }],
    ['note', { note: 'Other' }],
    ['related', { related: { apiVersion: 'v1', kind: 'Secret', name: 's', uid: 'u2' } }],
  ])('are others when the %s differs', (_name, change) => {
    expect(eventIdentity(regarding, { ...content, ...change })).not.toBe(eventIdentity(regarding, content));
  });

  test.each([
    ['short', 'abc', 8, 'abc'],
    ['to the byte', 'abcdefgh', 8, 'abcdefgh'],
    ['too long', 'abcdefghi', 8, 'abcdefgh'],
    ['within a character', 'abcdefgé', 8, 'abcdefg'],
    ['within one of four bytes', 'abcde\u{1F600}', 8, 'abcde'],
  ])('a note that is %s is cut between characters', (_name, note, limit, expected) => {
    expect(cutToBytes(note, limit)).toBe(expected);
  });

  test('a note is at most 1024 bytes', () => {
    const { note = '' } = newEvent(regarding, { ...content, note: 'é'.repeat(600) }, reporter);
    expect(Buffer.byteLength(note)).toBe(1024);
  });
});
