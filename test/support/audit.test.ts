import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAudit } from './audit.ts';

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  log = join(folder, 'audit.log');
});
afterEach(() => rm(folder, { recursive: true }));

const line = (verb: string): string =>
  `${JSON.stringify({ stage: 'ResponseComplete', verb, requestURI: '/é', user: { username: 'alice' }, stageTimestamp: 't', auditID: 'x' })}\n`;
const verbs = async (): Promise<string> => (await readAudit(log)).map(({ verb }) => verb).join(' ');

it('has each request once, whenever it was written, and a line when it is whole', async () => {
  await writeFile(log, line('get'));
  expect(await verbs()).toBe('get');
  const [start, end] = [line('list').slice(0, 20), line('list').slice(20)];
  await appendFile(log, `${line('watch')}${start}`);
  expect(await verbs()).toBe('get watch');
  await appendFile(log, end);
  expect(await Promise.all([verbs(), verbs()])).toEqual(['get watch list', 'get watch list']);
});

it('leaves out a line that was cut off, and goes on in the next file', async () => {
  await writeFile(log, `{"stage":"Respon\n${line('get')}`);
  expect(await verbs()).toBe('get');
  await rename(log, `${log}.1`);
  await expect(verbs()).rejects.toThrow('ENOENT');
  await writeFile(log, line('create'));
  expect(await verbs()).toBe('get create');
});

it('has what is asked of it, and no more', async () => {
  await writeFile(log, line('get'));
  expect(await readAudit(log)).toEqual([
    { stage: 'ResponseComplete', verb: 'get', requestURI: '/é', user: { username: 'alice' }, stageTimestamp: 't' },
  ]);
});
