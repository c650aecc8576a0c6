import { describe, expect, test } from 'vitest';
import type { NeuroJobView } from '../../../src/controllers/neuro-job-view.ts';
import type { SecretGrantView } from '../../../src/controllers/views.ts';
import { endingsBetween, ofJobChange } from '../../../src/operator/notify/messages.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 5, 1, 12);
const at = (ms: number): string => new Date(ms).toISOString();

const job = (status: object, uid = 'u'): NeuroJobView =>
  ({ metadata: { namespace: 'alice', name: 'train', uid }, spec: {}, status }) as unknown as NeuroJobView;
const ended = (phase: string, reason?: string): NeuroJobView => job({ phase, reason, finishTime: at(nowMs) });
const change = (before: NeuroJobView | undefined, after: NeuroJobView | undefined) => ({
  key: 'alice/train' as never,
  before,
  after,
});
const running = job({ phase: 'Running' });

describe('a job', () => {
  test.each([
    ['Succeeded', undefined, 'JobSucceeded', 'Job `train` in `alice` succeeded.'],
    ['Failed', 'Error', 'JobFailed', 'Job `train` in `alice` failed (Error).'],
    ['Cancelled', undefined, 'JobCancelled', 'Job `train` in `alice` was cancelled.'],
  ])('that is %s gives one message', (phase, reason, event, text) => {
    expect(ofJobChange(change(running, ended(phase, reason)))).toEqual({ event, namespace: 'alice', text });
  });

  test.each([
    ['was there with the first list', undefined, ended('Failed')],
    ['had ended before', ended('Failed'), ended('Failed')],
    ['runs', running, running],
    ['is gone', running, undefined],
    ['has another of its name in its place', job({}, 'other'), ended('Failed')],
  ])('that %s gives none', (_what, before, after) => {
    expect(ofJobChange(change(before, after))).toBeUndefined();
  });
});

describe('access', () => {
  const grant = (expiresAt: string | undefined, madeMs: number, more: object = {}): SecretGrantView =>
    ({
      metadata: { namespace: 'alice', name: 'g', creationTimestamp: at(madeMs) },
      spec: { secret: 'db', subject: { kind: 'User', name: 'bob' }, expiresAt, ...more },
      status: { phase: 'Active' },
    }) as unknown as SecretGrantView;
  const old = nowMs - 100 * hourMs;
  const found = (grants: readonly SecretGrantView[], sinceMs = nowMs - 60_000) =>
    endingsBetween(grants, sinceMs, nowMs).map(({ text }) => text);

  test('has its message a day before its end', () => {
    expect(found([grant(at(nowMs + 24 * hourMs), old)])).toEqual([
      'Access of `bob` to secret `db` in `alice` ends at 2026-06-02T12:00:00.000Z.',
    ]);
  });

  test('has its message an hour before its end where it is shorter than a day', () => {
    expect(found([grant(at(nowMs + hourMs), nowMs - hourMs)])).toHaveLength(1);
    expect(found([grant(at(nowMs + hourMs), old)])).toEqual([]);
  });

  test('has its message before the operator has taken the grant up', () => {
    const fresh = { ...grant(at(nowMs + 24 * hourMs), old), status: {} };
    expect(found([fresh])).toHaveLength(1);
  });

  test.each([
    ['has no end', grant(undefined, old)],
    ['ends later', grant(at(nowMs + 25 * hourMs), old)],
    ['was told of before', grant(at(nowMs + 24 * hourMs - 60_000), old)],
    ['has ended', grant(at(nowMs), old)],
    ['lasts minutes', grant(at(nowMs + hourMs / 2), nowMs)],
    ['is not active', { ...grant(at(nowMs + 24 * hourMs), old), status: { phase: 'Pending' as const } }],
  ])('that %s is not told of', (_what, one) => {
    expect(found([one])).toEqual([]);
  });

  test('has names that a chat shows as they are, in one line, and no longer than a line', () => {
    const name = `<!channel>\n\`https://evil.example\` &\u202e${'x'.repeat(500)}`;
    const [text = ''] = found([
      grant(at(nowMs + 24 * hourMs), old, { subject: { kind: 'User', name }, secret: undefined }),
    ]);
    expect(text).toContain("`&lt;!channel&gt;?'https://evil.example' &amp;?xxx");
    expect(text).not.toMatch(/[<>\n\u202e]/);
    expect(text.length).toBeLessThan(400);
    expect(text.match(/`/g)).toHaveLength(4);
  });
});
