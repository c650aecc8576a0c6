import { expect, test } from 'vitest';
import { clearOutput } from '../../../../src/controllers/neuro-job/last-words/clear-output.ts';
import { aJob } from '../builders.ts';

const said = 'set p@ss-word-next in place of p@ss-word-now';

function wordsOf(rotates: { readonly name: string; readonly uid: string } | undefined): Promise<string | undefined> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const job = { ...aJob(), rotates };
  const secret = { data: { next: base64('p@ss-word-next'), previous: base64('p@ss-word-now') } };
  const containerStatuses = [{ name: 'job', state: { terminated: { message: said } } }];
  const pod = { metadata: { uid: 'uid-pod' }, status: { containerStatuses } };
  const watched = {
    pods: { read: () => Promise.resolve(pod) },
    secrets: { read: ({ name }: { readonly name: string }) => Promise.resolve(name === 'first' ? secret : undefined) },
  };
  const facts = { job, snapshot: { name: 'first', taken: [] }, pod };
  return clearOutput(watched as never, facts as never, new AbortController().signal);
}

test('the hook of a rotation shows neither of its values, also where it has no other secret', async () => {
  expect(await wordsOf({ name: 'db', uid: 'uid-db' })).toBe('set [redacted] in place of [redacted]');
});

test('the last words of a job without secrets are unchanged', async () => {
  expect(await wordsOf(undefined)).toBe(said);
});
