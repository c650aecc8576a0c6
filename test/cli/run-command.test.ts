/** The printed `neuro run` makes the same job again. */
import { describe, expect, test } from '@jest/globals';
import { VERSION, type NeuroJobSpec } from '../../src/api/index.ts';
import { parsePortPair } from '../../src/cli/args/port-pair.ts';
import { neuroJobs, userSecrets } from '../../src/cli/cluster/kinds.ts';
import { quoted, runCommandOf } from '../../src/cli/commands/job/run-command.ts';
import { shellWords } from '../../src/cli/args/shell-words.ts';
import { quantity } from '../../src/cli/output/quantity.ts';
import { createWorld } from './typed.ts';

const spec: NeuroJobSpec = {
  image: 'registry.example/team/image:1',
  description: 'it\'s of "mine"',
  tags: ['a', 'b'],
  command: ['sh', '-c'],
  args: ['echo "$X" | wc -c'],
  workingDir: '/srv',
  env: [
    { name: 'PLAIN', value: 'two words' },
    { name: 'EMPTY', value: '' },
    { name: 'TOKEN', fromSecret: { name: 'token' } },
    { name: 'THEIRS', fromSecret: { namespace: 'bob', name: 'key-1234' } },
  ],
  files: [{ path: '/etc/key', fromSecret: { name: 'token' } }],
  volumes: [{ mountPath: '/data', readOnly: true, persistentVolumeClaim: { claimName: 'claim' } }],
  preset: 'small',
  priorityClassName: 'high',
  shm: '1Gi',
  restartPolicy: 'OnFailure',
  lifeSpan: '2h',
  scheduleTimeout: '10m',
  http: { port: 8080 },
};

describe('generate-run-command', () => {
  test('says every flag, and secrets by their keys', async () => {
    const world = createWorld();
    world.model.put(userSecrets, {
      metadata: { namespace: 'alice', name: 'token' },
      spec: { key: 'TOKEN', sealed: { value: 'x' } },
    });
    world.model.put(neuroJobs, { metadata: { namespace: 'alice', name: 'job-one' }, spec });
    const typed = await world.type(['job', 'generate-run-command', 'job-one']);
    expect(typed).toMatchObject({ code: 0, error: '' });
    expect(shellWords(typed.out)).toEqual([
      ...['neuro', 'run', '--name', 'job-one', '--description', 'it\'s of "mine"', '--tag', 'a', '--tag', 'b'],
      ...[
        '--preset',
        'small',
        '--priority',
        'high',
        '--shm',
        '1Gi',
        '--http-port',
        '8080',
        '--restart',
        'on-failure',
        '--life-span',
        '2h',
      ],
      ...['--schedule-timeout', '10m', '--workdir', '/srv', '--entrypoint', 'sh -c'],
      ...['--env', 'PLAIN=two words', '--env', 'EMPTY=', '--env', 'TOKEN=secret:TOKEN'],
      ...[
        '--env',
        'THEIRS=secret:/bob/key-1234',
        '--volume',
        'secret:TOKEN:/etc/key',
        '--volume',
        'pvc:claim:/data:ro',
      ],
      ...['registry.example/team/image:1', '--', `'echo "$X" | wc -c'`],
    ]);
  });

  test.each<[string, Partial<NeuroJobSpec>, string]>([
    ['the usual life span', { lifeSpan: '1d' }, 'neuro run image:1'],
    ['none', {}, 'neuro run --life-span 0 image:1'],
    ['a terminal', { lifeSpan: '1d', tty: true, stdin: true }, 'neuro run --tty image:1'],
    ['an input', { lifeSpan: '1d', stdin: true }, 'neuro run --stdin image:1'],
    [
      'several words',
      { lifeSpan: '1d', args: ['sh', '-c', "echo 'a b'"] },
      `neuro run image:1 -- sh -c 'echo '\\''a b'\\'''`,
    ],
  ])('says %s', (_name, more, line) => {
    const metadata = { namespace: 'alice', name: 'job-01234567-89ab-cdef-0123-456789abcdef' };
    const job = {
      apiVersion: `neu.ro/${VERSION}`,
      kind: 'NeuroJob',
      metadata,
      spec: { image: 'image:1', ...more },
    } as const;
    expect(runCommandOf(job as never, 'alice', ({ name }) => name)).toEqual({ line, lost: [] });
  });

  test('names what no flag can say', () => {
    const job = {
      metadata: { name: 'x' },
      spec: {
        image: 'i',
        lifeSpan: '1d',
        nodeSelector: { a: 'b' },
        env: [{ name: 'A', value: 'secret:b' }],
        volumes: [{ mountPath: '/c', configMap: { name: 'c' } }],
      },
    };
    expect(runCommandOf(job as never, 'alice', ({ name }) => name).lost).toEqual([
      'nodeSelector',
      "env A (its text begins as a secret's name does)",
      'volume at /c',
    ]);
  });

  test.each(['', 'a b', "it's", '$HOME', '"', '\\', 'a\nb', '*', 'ключ'])('a shell reads back %j', (word) => {
    expect(shellWords(quoted(word))).toEqual([word]);
  });
});

describe('a pair of ports', () => {
  test.each([
    ['8080:80', { local: 8080, remote: 80 }],
    [':80', { local: 0, remote: 80 }],
    ['0:80', { local: 0, remote: 80 }],
    ['80', { local: 80, remote: 80 }],
  ])('%s', (text, pair) => {
    expect(parsePortPair(text)).toEqual(pair);
  });

  test.each(['', 'a:80', '80:', ':', '80:0', '70000:80', '80:70000', '1:2:3', '-1:80'])('%j is refused', (text) => {
    expect(() => parsePortPair(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

test.each([
  ['250m', 0.25],
  ['12345n', 0.000012345],
  ['1', 1],
  ['64Mi', 67_108_864],
  ['1k', 1000],
  ['1e3', 1000],
  ['x', 0],
])('the amount %s', (text, value) => {
  expect(quantity(text)).toBeCloseTo(value, 9);
});
