/** What the run dialog refuses before anything is asked of the cluster. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import type { JobDraft } from '../../../../src/client/index.ts';
import { runProblems } from '../../../../src/console/web/dashboard/run-problems.ts';
import { choices, draft, env, file } from '../../../support/console/drafts.ts';

const fieldsOf = (part: Partial<JobDraft>): readonly string[] => [...runProblems(draft(part), choices).keys()];
const claim = (id: number, path: string, readOnly = false) =>
  ({ id, kind: 'claim', source: 'data', path, readOnly }) as const;

test.each<[string, Partial<JobDraft>]>([
  ['an image alone', {}],
  ['a name of the job', { name: 'nightly-report' }],
  ['a command with quotes', { command: `sh -c 'echo "a b"'` }],
  ['a life span', { lifeSpan: '1d2h3m4s' }],
  ['a port', { httpPort: '65535' }],
  ['one secret as a variable and as a file', { attachments: [env(0, 'DB'), file(1, '/etc/db')] }],
  ['two files in one folder', { attachments: [file(0, '/etc/a'), file(1, '/etc/b')] }],
  [
    'a file inside of a volume that may be written',
    { mounts: [claim(0, '/data')], attachments: [file(0, '/data/key')] },
  ],
  ['a volume inside of a volume', { mounts: [claim(0, '/data'), claim(1, '/data/more')] }],
  [
    'an empty folder without a name',
    { mounts: [{ id: 0, kind: 'empty', source: '', path: '/tmp/x', readOnly: false }] },
  ],
])('takes %s', (_case, part) => {
  expect(fieldsOf(part)).toEqual([]);
});

test.each<[string, Partial<JobDraft>, readonly string[]]>([
  ['no image', { image: ' ' }, ['image']],
  ['an image with a space', { image: 'busy box' }, ['image']],
  ['a name of two letters', { name: 'ab' }, ['name']],
  ['a name with capitals', { name: 'Report' }, ['name']],
  ['a name of 41 letters', { name: 'a'.repeat(41) }, ['name']],
  ['a quote without an end', { command: `echo 'x` }, ['command']],
  ['a quote without an end in the entry point', { entrypoint: '"sh' }, ['entrypoint']],
  ['a life span that is none', { lifeSpan: 'tomorrow' }, ['lifeSpan']],
  ['port 0', { httpPort: '0' }, ['httpPort']],
  ['port 65536', { httpPort: '65536' }, ['httpPort']],
  ['a port that is none', { httpPort: '80x' }, ['httpPort']],
  ['a block without a secret', { attachments: [env(3, 'A', '')] }, ['attachment.3.secret']],
  ['a secret that is gone', { attachments: [env(3, 'A', 'secret:gone')] }, ['attachment.3.secret']],
  ['a variable without a name', { attachments: [env(3, '')] }, ['attachment.3.target']],
  ['a variable that begins with a digit', { attachments: [env(3, '1A')] }, ['attachment.3.target']],
  ['a variable of the operator', { attachments: [env(3, 'NEURO_JOB_ID')] }, ['attachment.3.target']],
  ['a plain variable with a dash', { variables: [{ id: 2, name: 'A-B', value: '' }] }, ['variable.2.name']],
  ['one variable twice', { attachments: [env(0, 'A'), env(1, 'A')] }, ['attachment.1.target']],
  [
    'a secret over a plain variable',
    { variables: [{ id: 0, name: 'A', value: 'x' }], attachments: [env(0, 'A')] },
    ['attachment.0.target'],
  ],
  ['a relative path', { attachments: [file(3, 'etc/x')] }, ['attachment.3.target']],
  ['the root', { attachments: [file(3, '/')] }, ['attachment.3.target']],
  ['a path with ..', { attachments: [file(3, '/etc/../x')] }, ['attachment.3.target']],
  ['a path with a double slash', { attachments: [file(3, '/etc//x')] }, ['attachment.3.target']],
  ['a path that ends with a slash', { attachments: [file(3, '/etc/x/')] }, ['attachment.3.target']],
  ['a path of Kubernetes', { attachments: [file(3, '/etc/hosts')] }, ['attachment.3.target']],
  ['a path under /proc', { attachments: [file(3, '/proc/self/x')] }, ['attachment.3.target']],
  ['one path twice', { attachments: [file(0, '/a'), file(1, '/a')] }, ['attachment.1.target']],
  ['a file under a file', { attachments: [file(0, '/a'), file(1, '/a/b')] }, ['attachment.1.target']],
  ['a file over a file', { attachments: [file(0, '/a/b'), file(1, '/a')] }, ['attachment.1.target']],
  [
    'a file inside of a volume that may only be read',
    { mounts: [claim(0, '/data', true)], attachments: [file(0, '/data/key')] },
    ['attachment.0.target'],
  ],
  ['a claim without a name', { mounts: [{ ...claim(4, '/data'), source: '' }] }, ['mount.4.source']],
  ['a volume without a path', { mounts: [claim(4, '')] }, ['mount.4.path']],
])('refuses %s at its field', (_case, part, fields) => {
  expect(fieldsOf(part)).toEqual(fields);
});

test('more secrets than a job may have are refused', () => {
  const many = Array.from({ length: 33 }, (_, id) => env(id, `V${String(id)}`, `secret:s${String(id)}`));
  expect(fieldsOf({ attachments: many })).toContain('attachments');
});
