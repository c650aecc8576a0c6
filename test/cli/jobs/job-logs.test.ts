/** What a node writes into the output when it cannot read it, which a real one does only when the machine runs out of something. */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createLogCursor } from '../../../src/client/index.ts';
import type { Connection } from '../../../src/cli/connect/connection.ts';
import { copyLogs } from '../../../src/cli/jobs/job-logs.ts';

const line = '2026-11-25T10:00:01.000000000Z a\n';

async function copy(response: string, follow: boolean): Promise<{ copied: Promise<boolean>; output: string }> {
  const requester = { stream: () => Promise.resolve(Readable.from([Buffer.from(response)])) };
  const connection = { requester } as unknown as Connection;
  const output = new PassThrough();
  const pod = { namespace: 'alice', name: 'job' };
  const copied = copyLogs(connection, pod, output, { container: 'main', follow, cursor: createLogCursor() });
  await copied.catch(() => undefined);
  output.end();
  return { copied, output: await text(output) };
}

test('is no output of the job that is followed', async () => {
  const { copied, output } = await copy(`${line}failed to create fsnotify watcher: too many open files`, true);
  await expect(copied).resolves.toBe(true);
  expect(output).toBe('a\n');
});

test('is an error where all of the output is wanted', async () => {
  const { copied, output } = await copy(`${line}failed to read log file "/x"`, false);
  await expect(copied).rejects.toMatchObject({
    code: 'Server',
    message: expect.stringContaining('failed to read log file'),
  });
  expect(output).toBe('a\n');
});

test('says that there is none of a container that is gone', async () => {
  const { copied, output } = await copy('unable to retrieve container logs for containerd://1', false);
  await expect(copied).resolves.toBe(false);
  expect(output).toBe('');
});
