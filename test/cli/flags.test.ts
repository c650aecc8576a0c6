/** Every flag of the original command works, or is refused by its name with the reason. And what names an image. */
import { beforeAll, describe, expect, test } from 'vitest';
import { parseImage } from '../../src/client/index.ts';
import { createWorld, type World } from './typed.ts';

let world: World;

beforeAll(() => {
  world = createWorld();
});

const refused: readonly (readonly [words: string, name: string])[] = [
  ...['--browse', '--http 80', '--http-auth', '--pass-config', '--wait-for-seat', '--privileged', '--energy-schedule x']
    .concat(['--cluster x', '--org x', '-p x', '--project x', '-x', '--extshm'])
    .map((flags) => [`run ${flags} busybox:1`, flags.split(' ')[0] ?? ''] as const),
  ...['--owner x', '--distinct', '--format x', '-w', '--wide', '--cluster x', '--all-orgs', '--all-projects'].map(
    (flags) => [`ps ${flags}`, flags.split(' ')[0] ?? ''] as const,
  ),
  ...['--config-path x', '--network-timeout 3', '--trace', '--iso-datetime-format', '--options'].map(
    (flags) => [`${flags} secret ls`, flags.split(' ')[0] ?? ''] as const,
  ),
  ...['add k v', 'rm k', 'get k', 'ls'].map((words) => [`secret ${words} --project x`, '--project'] as const),
  ['acl ls --org x', '--org'],
];

describe('a flag that cannot be honoured', () => {
  test.each(refused)('%s', async (line, name) => {
    const { code, out, error } = await world.type(line.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    // What was typed is in it, with its long name.
    const [both = name] = ['-p, --project', '-x, --extshm', '-w, --wide'].filter((names) => names.includes(name));
    expect(error).toMatch(new RegExp(`^ERROR: ${both} is not possible here: .+\\.\\n$`));
  });
});

describe('a flag of the original that is honoured', () => {
  test.each([
    'run --no-extshm -X --no-http-auth --no-browse --no-pass-config --no-wait-for-seat --check busybox:1',
    'run -s p -n abc --tag t -d x -e A=1 -w /w --entrypoint sh --restart never --life-span 1d --check busybox:1',
    'run --schedule-timeout 3m --http-port 80 --share bob --priority normal --no-tty -T --shm 1Gi --check busybox:1',
    '--skip-stats --disable-pypi-version-check --hide-token -v -q --color no secret ls',
    'ps -a -s running --name abc -t x -d y --since 1d --until 1h --recent-first --full-uri',
  ])('%s', async (line) => {
    // The model of an API server here knows no access reviews; the command line is what is looked at.
    expect((await world.type(line.split(' '))).code).not.toBe(2);
  });
});

describe('commands of the original that do not exist here lead to the right command', () => {
  test.each([
    'login',
    'storage ls',
    'disk ls',
    'image ls',
    'push x',
    'job save x y',
    'job browse x',
    'job bump-life-span x 1d',
    'docker run x',
    'kubectl get secrets',
    'vault kv get x',
  ])('%s', async (line) => {
    const { code, error } = await world.type(line.split(' '));
    expect(code).toBe(2);
    expect(error).not.toContain('Unknown command');
  });

  test('names of JavaScript are no words', async () => {
    for (const line of ['constructor', 'job constructor', 'acl __proto__', 'toString'])
      expect((await world.type(line.split(' '))).error).toContain('Unknown command');
  });
});

describe('the name of an image', () => {
  test.each([
    ['busybox', { registry: undefined, tag: 'latest', digest: undefined }],
    ['busybox:1', { registry: undefined, tag: '1', digest: undefined }],
    ['library/busybox:1.2-a_b', { registry: undefined, tag: '1.2-a_b', digest: undefined }],
    ['registry.example.com:5000/a/b__c', { registry: 'registry.example.com:5000', tag: 'latest', digest: undefined }],
    ['localhost/a:1', { registry: 'localhost', tag: '1', digest: undefined }],
    [`a@sha256:${'0'.repeat(64)}`, { registry: undefined, tag: undefined, digest: `sha256:${'0'.repeat(64)}` }],
  ])('%s', (text, expected) => {
    expect(parseImage(text)).toEqual(expected);
  });

  test.each(['', 'Busybox', 'a b', 'a:', 'a:b:c', '/a', 'a/', 'a@sha256:12', 'a:ä', 'a..b', '-registry.io/a'])(
    '%j is none',
    (text) => {
      expect(parseImage(text)).toBeUndefined();
    },
  );
});
