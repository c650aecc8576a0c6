/** From the dialog to the object and the command, and from a job back to the dialog. */
import { expect, test } from '@jest/globals';
import type { NeuroJobSpec } from '../../../../src/api/index.ts';
import { draftOf, nextId, suggestedTarget, type RunDraft } from '../../../../src/console/web/dashboard/run-draft.ts';
import { copiedCommand } from '../../../../src/console/web/dashboard/copied-command.ts';
import { draftFromJob, jobOf } from '../../../../src/console/web/dashboard/run-job.ts';
import { choices, draft, env, file, shared } from './drafts.ts';

const place = { namespace: 'alice', name: 'job-1' };
const full = draft({
  command: `sh -c 'echo "$DB"'`,
  entrypoint: '/bin/env -i',
  preset: 'small',
  attachments: [env(0, 'DB'), file(1, '/etc/token', shared.uri)],
  variables: [{ id: 0, name: 'COLOUR', value: 'dark blue' }],
  mounts: [{ id: 0, kind: 'claim', source: 'data', path: '/data', readOnly: true }],
  httpPort: '8080',
  lifeSpan: '1d',
  restartPolicy: 'OnFailure',
  description: 'The report',
  tags: ['b', 'a'],
});
const spec: NeuroJobSpec = {
  image: 'busybox:1',
  description: 'The report',
  tags: ['a', 'b'],
  command: ['/bin/env', '-i'],
  args: ['sh', '-c', 'echo "$DB"'],
  env: [
    { name: 'COLOUR', value: 'dark blue' },
    { name: 'DB', fromSecret: { name: 'db-password' } },
  ],
  files: [{ path: '/etc/token', fromSecret: { name: 'api-token-0a1b2c3d', namespace: 'bob' } }],
  volumes: [{ mountPath: '/data', readOnly: true, persistentVolumeClaim: { claimName: 'data' } }],
  preset: 'small',
  restartPolicy: 'OnFailure',
  lifeSpan: '1d',
  http: { port: 8080 },
};
const keyOf = ({ name }: { readonly name: string }): string =>
  [...choices.values()].find((choice) => choice.name === name)?.key ?? name;

test('a draft becomes the job that it says', () => {
  expect(jobOf(full, choices, place)).toEqual({ metadata: place, spec });
});

test('what was left empty is not in the job', () => {
  expect(jobOf(draft(), choices, place).spec).toEqual({ image: 'busybox:1' });
});

test.each<[string, Partial<RunDraft>, Partial<NeuroJobSpec>]>([
  ['a terminal has an input', { kind: 'terminal' }, { tty: true, stdin: true }],
  ['spaces around the image go', { image: ' busybox:1 ' }, { image: 'busybox:1' }],
  ['a tag twice is there once', { tags: ['a', 'a'] }, { tags: ['a'] }],
])('%s', (_case, part, expected) => {
  expect(jobOf(draft(part), choices, place).spec).toMatchObject(expected);
});

test('the command says what it cannot say', () => {
  const metadata = { namespace: 'alice', name: 'report' };
  const { text, note } = copiedCommand({ metadata, spec: { ...spec, ttlAfterFinished: '1h' } }, keyOf);
  expect(text).toBe(
    "neuro run --namespace alice --name report --description 'The report' --tag a --tag b --preset small " +
      "--http-port 8080 --restart on-failure --entrypoint '/bin/env -i' --no-tty --env 'COLOUR=dark blue' " +
      '--env DB=secret:db-password --volume secret:/bob/API_TOKEN:/etc/token --volume pvc:data:/data:ro ' +
      `busybox:1 -- sh -c 'echo "$DB"'`,
  );
  expect(note).toContain('ttlAfterFinished');
  expect(copiedCommand({ metadata, spec }, keyOf).note).toBeUndefined();
});

test('a job comes back as the draft that made it', () => {
  const uriOf = ({ name }: { readonly name: string }): string =>
    [...choices.values()].find((choice) => choice.name === name)?.uri ?? '';
  const { metadata, spec: made } = jobOf(full, choices, place);
  const back = draftFromJob({ metadata, spec: made }, uriOf);
  expect(jobOf(back, choices, place).spec).toEqual(made);
  const ids = [back.attachments, back.variables, back.mounts].map((list) => new Set(list.map(({ id }) => id)).size);
  expect(ids).toEqual([2, 1, 1]);
});

test('a card fills the dialog with what it says', () => {
  const widget = {
    name: 'jupyter',
    title: 'Jupyter',
    description: '',
    kind: 'web',
    image: 'jupyter:1',
    args: ['--ip', '0.0.0.0'],
    port: 8888,
    env: [{ name: 'A', value: 'b' }],
  } as const;
  expect(draftOf(widget, (words) => words.join(' '))).toMatchObject({
    image: 'jupyter:1',
    command: '--ip 0.0.0.0',
    httpPort: '8888',
    variables: [{ id: 0, name: 'A', value: 'b' }],
    lifeSpan: '1d',
  });
});

test.each([
  ['env', 'db-password', 'DB_PASSWORD'],
  ['env', '2fa.key', '_2FA_KEY'],
  ['file', 'db-password', '/var/secrets/db-password'],
] as const)('as %s, %s is suggested as %s', (kind, key, target) => {
  expect(suggestedTarget(kind, key)).toBe(target);
});

test('a new part has a number that none has', () => {
  expect([nextId([]), nextId([{ id: 4 }, { id: 1 }])]).toEqual([0, 5]);
});
