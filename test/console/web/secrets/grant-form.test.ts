/** What the share dialog asks, and what it means. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import {
  chosenEnd,
  shareCommand,
  subjectOf,
  type ChosenEnd,
  type Expiry,
  type SubjectDraft,
} from '../../../../src/console/web/secrets/grant-form.ts';

const now = Date.parse('2026-11-25T12:00:00.123Z');
const draft = (part: Partial<SubjectDraft>): SubjectDraft => ({ kind: 'User', name: '', namespace: '', ...part });

test.each<[Partial<SubjectDraft>, unknown]>([
  [{ name: ' bob ' }, { kind: 'User', name: 'bob' }],
  [{ name: 'bob@example.com' }, { kind: 'User', name: 'bob@example.com' }],
  [
    { kind: 'Group', name: 'analysts' },
    { kind: 'Group', name: 'analysts' },
  ],
  [
    { kind: 'ServiceAccount', name: 'robot', namespace: 'ci' },
    { kind: 'ServiceAccount', name: 'robot', namespace: 'ci' },
  ],
  [
    { kind: 'Namespace', name: 'bob' },
    { kind: 'Namespace', name: 'bob' },
  ],
])('%j is a subject', (part, subject) => {
  expect(subjectOf(draft(part))).toEqual(subject);
});

test.each<Partial<SubjectDraft>>([
  { name: '' },
  { name: '  ' },
  { kind: 'ServiceAccount', name: 'robot' },
  { kind: 'Namespace', name: 'No Namespace' },
])('%j is told in a sentence', (part) => {
  expect(typeof subjectOf(draft(part))).toBe('string');
});

test.each<[Expiry, ChosenEnd | undefined]>([
  [{ kind: 'keep' }, { expiresAt: undefined }],
  [{ kind: 'never' }, { expiresAt: null }],
  [{ kind: 'after', hours: 24 }, { expiresAt: '2026-11-26T12:00:00Z' }],
  [{ kind: 'at', at: '2026-12-24T18:00:00Z' }, { expiresAt: '2026-12-24T18:00:00Z' }],
  [{ kind: 'at', at: '' }, undefined],
  [{ kind: 'at', at: 'soon' }, undefined],
])('%j ends at %j', (expiry, end) => {
  expect(chosenEnd(expiry, now)).toEqual(end);
});

test('the command says the same, ready to paste', () => {
  const terms = {
    uri: 'secret:/alice/db',
    subject: 'group:a b',
    access: 'write',
    description: " it's for tests ",
    isChange: false,
  } as const;
  expect(shareCommand({ ...terms, end: { expiresAt: '2026-11-26T12:00:00Z' } })).toBe(
    String.raw`neuro share secret:/alice/db 'group:a b' write --expires 2026-11-26T12:00:00Z --description 'it'\''s for tests'`,
  );
  const plain = "neuro share secret:/alice/db 'group:a b' write";
  expect(shareCommand({ ...terms, description: '', end: { expiresAt: null } })).toBe(plain);
  expect(shareCommand({ ...terms, description: '', end: { expiresAt: undefined }, isChange: true })).toBe(plain);
  expect(shareCommand({ ...terms, description: '', end: { expiresAt: null }, isChange: true })).toBe(
    `${plain} --expires never`,
  );
  // A command that is pasted as it is must not share without an end.
  expect(shareCommand({ ...terms, description: '', end: undefined })).toBe(`${plain} --expires TIME`);
});
