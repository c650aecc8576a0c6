/** "What the container sees": origin, clashes, warnings. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { containerView } from '../../../../src/console/web/dashboard/container-view.ts';
import type { JobDraft, SecretChoice } from '../../../../src/client/index.ts';
import { runProblems } from '../../../../src/console/web/dashboard/run-problems.ts';
import { choices, draft, env, file, mine, shared } from '../../../support/console/drafts.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const view = (part: Partial<JobDraft>, known: ReadonlyMap<string, SecretChoice> = choices) =>
  containerView(draft(part), known, runProblems(draft(part), known), now);
const withChoice = (choice: SecretChoice) => new Map([...choices, [choice.uri, choice]]);

test('a secret shows where it goes and where it comes from', () => {
  expect(view({ attachments: [env(0, 'DB'), file(1, '/etc/token', shared.uri)] })).toEqual([
    { id: 'attachment.0', kind: 'env', target: 'DB', source: mine.uri, secret: mine },
    { id: 'attachment.1', kind: 'file', target: '/etc/token', source: shared.uri, secret: shared },
  ]);
});

test('what has no name or secret yet is there, and is no clash', () => {
  const [seen] = view({ attachments: [env(0, '', '')] });
  expect(seen?.clash).toBeUndefined();
  expect(seen?.target).not.toBe('');
  expect(seen?.source).not.toBe('');
});

test('two things in one place clash at the later one', () => {
  const seen = view({ attachments: [env(0, 'A'), env(1, 'A', shared.uri)] });
  expect(seen.map(({ clash }) => clash !== undefined)).toEqual([false, true]);
});

test.each<[string, Partial<JobDraft>, ReadonlyMap<string, SecretChoice>, boolean]>([
  ['a variable of an ordinary name', { attachments: [env(0, 'DB')] }, choices, false],
  ['one that changes how programs start', { attachments: [env(0, 'LD_PRELOAD')] }, choices, true],
  ['the path of programs', { attachments: [env(0, 'PATH')] }, choices, true],
  [
    'access that ends within a day',
    { attachments: [env(0, 'DB', shared.uri)] },
    withChoice({ ...shared, expiresAt: '2026-11-26T11:00:00Z' }),
    true,
  ],
  [
    'access that ends later',
    { attachments: [env(0, 'DB', shared.uri)] },
    withChoice({ ...shared, expiresAt: '2026-11-28T11:00:00Z' }),
    false,
  ],
  ['a secret without its value yet', { attachments: [env(0, 'DB')] }, withChoice({ ...mine, isReady: false }), true],
  ['a plain value that looks secret', { variables: [{ id: 0, name: 'DB_PASSWORD', value: 'x' }] }, choices, true],
  ['a plain value that does not', { variables: [{ id: 0, name: 'COLOUR', value: 'x' }] }, choices, false],
])('%s is warned of as it should be', (_case, part, known, isWarned) => {
  expect(view(part, known)[0]?.warning !== undefined).toBe(isWarned);
});
