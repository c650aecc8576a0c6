/** From the form to the object, and from a job back to the form: nothing is lost on the way. */
import { describe, expect, test } from 'vitest';
import '../support/console/english.ts';
import type { NeuroJob, NeuroJobSpec } from '../../src/api/index.ts';
import {
  draftFromJob,
  draftOf,
  foreignChoice,
  jobAgain,
  jobOf,
  nextId,
  suggestedTarget,
  withUsed,
  type JobDraft,
} from '../../src/client/index.ts';
import { copiedCommand } from '../../src/console/web/dashboard/copied-command.ts';
import { choices, draft, env, file, shared } from '../support/console/drafts.ts';
import { randomJobs, withoutDefaults } from './random-job.ts';

const place = { namespace: 'alice', suffix: '7f3a' };
const full = draft({
  name: 'report',
  command: `sh -c 'echo "$DB"'`,
  entrypoint: '/bin/env -i',
  preset: 'small',
  attachments: [env(1, 'DB'), file(2, '/etc/token', shared.uri)],
  variables: [{ id: 0, name: 'COLOUR', value: 'dark blue' }],
  mounts: [{ id: 3, kind: 'claim', source: 'data', path: '/data', readOnly: true }],
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
  expect(jobOf(full, choices, place)).toEqual({ metadata: { namespace: 'alice', name: 'report' }, spec });
});

test('what was left empty is not in the job', () => {
  expect(jobOf(draft(), choices, place)).toEqual({
    metadata: { namespace: 'alice', name: 'busybox-7f3a', generateName: 'busybox-' },
    spec: { image: 'busybox:1' },
  });
});

test.each<[string, Partial<JobDraft>, Partial<NeuroJobSpec>]>([
  ['a terminal has an input', { kind: 'terminal' }, { tty: true, stdin: true }],
  ['spaces around the image go', { image: ' busybox:1 ' }, { image: 'busybox:1' }],
  ['a tag twice is there once', { tags: ['a', 'a'] }, { tags: ['a'] }],
  [
    'variables come in the order in which they were added',
    { attachments: [env(0, 'DB')], variables: [{ id: 1, name: 'URL', value: 'https://$(DB)@db' }] },
    {
      env: [
        { name: 'DB', fromSecret: { name: 'db-password' } },
        { name: 'URL', value: 'https://$(DB)@db' },
      ],
    },
  ],
])('%s', (_case, part, expected) => {
  expect(jobOf(draft(part), choices, place).spec).toMatchObject(expected);
});

test('the command names the fields that it cannot express', () => {
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

describe('another run', () => {
  const secrets = [
    { namespace: 'alice', name: 'db-password' },
    { namespace: 'bob', name: 'api-token-0a1b2c3d' },
    // Neither listed nor in the job's status, as a secret of a grant over all.
    { namespace: 'carol', name: 'unlisted' },
  ];
  const labels = { 'kueue.x-k8s.io/queue-name': 'gpus' };
  const former = (some: NeuroJobSpec, name = 'full-job'): NeuroJob => ({
    metadata: { namespace: 'alice', name, uid: 'u', labels: { ...labels, 'argocd.argoproj.io/instance': 'x' } },
    spec: { ...some, cancel: true },
    status: { secrets: [{ namespace: 'bob', name: 'api-token-0a1b2c3d', key: 'API_TOKEN' }] },
  });

  test('by the form has every field of any job, in its order', () => {
    const seed = 77_001;
    const { any } = randomJobs(seed, secrets);
    for (let round = 0; round < 300; round += 1) {
      const some = any();
      const back = draftFromJob(former(some));
      const job = jobOf(back, withUsed(choices, back), place);
      const defaults = { restartPolicy: 'Never', description: '' } as const;
      // The form takes off spaces around a description.
      const wanted = { ...some, ...(some.description === undefined ? {} : { description: some.description.trim() }) };
      expect({ seed, round, spec: withoutDefaults(job.spec) }).toEqual({
        seed,
        round,
        spec: withoutDefaults(wanted, defaults),
      });
      expect(job.metadata).toEqual({
        namespace: 'alice',
        name: 'full-job-7f3a',
        generateName: 'full-job-',
        labels,
      });
    }
  });

  test('without the form has every field, too, and is not ended', () => {
    const { any } = randomJobs(5, secrets);
    const some = any();
    expect(jobAgain(former(some), '0001')).toEqual({
      metadata: { namespace: 'alice', name: 'full-job-0001', generateName: 'full-job-', labels },
      spec: some,
    });
  });

  test('of another run has the same base', () => {
    const again = jobAgain(former(spec), '0001');
    expect(jobAgain(again, '0002').metadata.name).toBe('full-job-0002');
    expect(jobOf(draftFromJob(again), choices, place).metadata.name).toBe('full-job-7f3a');
  });

  test('forgets what was kept of a volume of another kind', () => {
    const volume = { mountPath: '/v', subPath: 'x', configMap: { name: 'map', items: [{ key: 'k', path: 'p' }] } };
    const back = draftFromJob(former({ image: 'i', volumes: [volume] }));
    expect(jobOf(back, choices, place).spec.volumes).toEqual([volume]);
    const other = { ...back, mounts: back.mounts.map((mount) => ({ ...mount, source: 'other' })) };
    expect(jobOf(other, choices, place).spec.volumes).toEqual([
      { ...volume, configMap: { ...volume.configMap, name: 'other' } },
    ]);
  });
});

test('a card fills the form with what it says, and gives the job its name', () => {
  const card = {
    name: 'jupyter',
    kind: 'web',
    image: 'team/lab:1',
    args: ['--ip', '0.0.0.0'],
    port: 8888,
    env: [{ name: 'A', value: 'b' }],
  } as const;
  const filled = draftOf(card);
  expect(filled).toMatchObject({
    image: 'team/lab:1',
    command: '--ip 0.0.0.0',
    httpPort: '8888',
    variables: [{ id: 0, name: 'A', value: 'b' }],
    lifeSpan: '1d',
  });
  expect(jobOf(filled, choices, place).metadata.name).toBe('jupyter-7f3a');
  const anything = { ...draftOf({ name: 'custom-job', kind: 'job' }), image: 'team/worker:2' };
  expect(jobOf(anything, choices, place).metadata.name).toBe('worker-7f3a');
});

test.each([
  ['env', 'db-password', 'DB_PASSWORD'],
  ['env', '2fa.key', '_2FA_KEY'],
  ['file', 'db-password', '/var/secrets/db-password'],
] as const)('as %s, %s is suggested as %s', (kind, key, target) => {
  expect(suggestedTarget(kind, key)).toBe(target);
});

test('a new entry has a number larger than all', () => {
  expect(nextId(draft())).toBe(0);
  expect(nextId(full)).toBe(4);
});

test('the URI of a secret that no list names can be typed', () => {
  expect(foreignChoice('secret:/bob/API_TOKEN')).toMatchObject({ namespace: 'bob', key: 'API_TOKEN', isMine: false });
  for (const text of ['', 'db', 'secret:db', 'secret:/bob', 'secret://cluster/bob/key', 'secret:/bob/a b'])
    expect(foreignChoice(text)).toBeUndefined();
});
