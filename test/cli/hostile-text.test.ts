/** Text that others wrote into the cluster does nothing to a terminal: whatever command shows it, in every form. */
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  configMaps,
  namespaces,
  nativeSecrets,
  neuroJobs,
  secretGrants,
  userSecrets,
} from '../../src/cli/connect/kinds.ts';
import { visible, visibleLines } from '../../src/cli/output/visible.ts';
import { createWorld, type World } from './typed.ts';

/** Clipboard, title, a cleared screen, C1, a text that runs backwards, nothing to be seen, an end of a paste, a second line. */
const hostile =
  'x\u001b]52;c;cm0=\u0007\u001b]0;t\u001b\\\u001b[2J\u009b31m\u202egnp\u2066\u200b\ufeff\u001b[201~\u0085\u2028\r\n$ fake';
/** Only what a terminal, or its reader, could be deceived by. */
const raw = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2028\u2029\ufeff\u061c\u00ad]/u;
const ourColours = /\u001b\[(?:0|1|3[12346])m/g;

let world: World;

beforeAll(() => {
  world = createWorld();
  const ready = { type: 'Ready', status: 'False', reason: hostile, message: hostile, lastTransitionTime: '' };
  world.model.put(userSecrets, {
    metadata: { namespace: 'alice', name: 'token', generation: 1, annotations: { a: hostile } },
    spec: { description: hostile, sealed: { value: 'x' } },
    status: { conditions: [{ ...ready, observedGeneration: 1 }], usedBy: 2 },
  });
  world.model.put(secretGrants, {
    metadata: { namespace: 'alice', name: 'g' },
    spec: { secret: 'token', subject: { kind: 'User', name: hostile }, description: hostile },
    status: { phase: 'Active' },
  });
  world.model.put(namespaces, { metadata: { name: 'alice' } });
  world.model.put(namespaces, {
    metadata: { name: 'mallory', annotations: { 'neu.ro/user': hostile, 'neu.ro/groups': hostile } },
  });
  const entry = {
    uri: `secret:/bob/${hostile}`,
    namespace: 'bob',
    name: 'k',
    key: hostile,
    access: hostile,
    owner: hostile,
  };
  world.model.put(configMaps, {
    metadata: { namespace: 'alice', name: 'neuro-shared-with-me' },
    data: { k: JSON.stringify(entry) },
  });
  world.model.put(neuroJobs, {
    metadata: { namespace: 'alice', name: 'train' },
    spec: {
      image: hostile,
      command: [hostile],
      args: [hostile, 'b'],
      description: hostile,
      tags: [hostile],
      workingDir: hostile,
      env: [
        { name: 'A', value: hostile },
        { name: 'B', fromSecret: { name: 'token' } },
      ],
      files: [{ path: hostile, fromSecret: { name: 'k', namespace: 'bob' } }],
    },
    status: {
      phase: 'Failed',
      reason: hostile,
      message: hostile,
      secrets: [{ namespace: 'alice', name: 'token', key: hostile }],
      transitions: [{ time: hostile, phase: 'Failed', reason: hostile, message: hostile }],
    },
  });
});

const lists: readonly (readonly string[])[] = [
  ['secret', 'ls'],
  ['secret', 'ls', '-q'],
  ['secret', 'usage', 'token'],
  ['secret', 'manifest', '--grants'],
  ['secret', 'get', 'token'],
  ['acl', 'ls'],
  ['acl', 'ls', '-q'],
  ['acl', 'ls', '--shared'],
  ['admin', 'ls-users'],
  ['admin', 'ls-users', '-q'],
  ['ps', '-a'],
  ['ps', '-a', '-q'],
  ['status', 'train'],
  ['logs', 'train'],
  ['attach', 'train'],
  ['exec', 'train', '--', 'ls'],
  ['job', 'generate-run-command', 'train'],
  ['doctor'],
  ['__complete', '--', 'secret', 'get', ''],
];
const forms: readonly (readonly string[])[] = [[], ['-o', 'wide'], ['-o', 'json'], ['-o', 'yaml'], ['-o', 'name']];

describe.each(['yes', 'no'])('with --color %s', (colour) => {
  test.each(lists.map((words) => [words.join(' '), words] as const))('neuro %s', async (_line, words) => {
    let isShown = false;
    for (const isTerminal of [true, false]) {
      for (const form of forms) {
        const typed = await world.type(['--color', colour, ...form, ...words], { isTerminal, answers: ['n'] });
        const found = `${typed.out}${typed.error}`.replace(ourColours, '');
        expect(found).not.toMatch(raw);
        isShown ||= found.includes(String.raw`\u202e`);
      }
    }
    expect(isShown).toBe(true);
  });
});

test('a document says the same as the object, whatever is in it', async () => {
  const words = ['ps', '-a', '-o'];
  const fromJson = JSON.parse((await world.type([...words, 'json'])).out) as { items: { spec: { image: string } }[] };
  const fromYaml = parse((await world.type([...words, 'yaml'])).out) as typeof fromJson;
  expect(fromJson.items[0]?.spec.image).toBe(hostile);
  expect(fromYaml.items[0]?.spec.image).toBe(hostile);
});

describe('visible', () => {
  test.each<[string, string, string]>([
    ['a colour', 'a\u001b[31mb', String.raw`a\u001b[31mb`],
    ['C1', 'a\u009b31m', String.raw`a\u009b31m`],
    ['a text that runs backwards', 'a\u202eb', String.raw`a\u202eb`],
    ['what has no width', 'a\u200bb\u200dc\ufeffd', String.raw`a\u200bb\u200dc\ufeffd`],
    ['a tag that nobody sees', 'a\u{e0041}', String.raw`a\udb40\udc41`],
    ['half a pair', 'a\ud800', String.raw`a\ud800`],
    ['a line break', 'a\r\nb\tc', 'a b c'],
    ['letters of the world and pictures', 'Ünï 日本 👩‍👩‍👧‍👦 ❤️ é', 'Ünï 日本 👩‍👩‍👧‍👦 ❤️ é'],
  ])('%s', (_name, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('lines stay lines', () => {
    expect(visibleLines('a\r\nb\tc\rd\n')).toBe('a\nb\tc\\u000dd\n');
  });
});

describe('a value at a terminal', () => {
  test('is text that cannot do anything to it; a pipe gets its bytes', async () => {
    const uid = world.model.get(userSecrets, { namespace: 'alice', name: 'token' })?.metadata.uid ?? '';
    world.model.put(nativeSecrets, {
      metadata: {
        namespace: 'alice',
        name: 'token',
        ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'token', uid }],
      },
      data: { token: Buffer.from(hostile).toString('base64') },
    });
    const typed = await world.type(['secret', 'get', 'token'], { isTerminal: true });
    expect(`${typed.out}${typed.error}`).not.toMatch(raw);
    expect(typed.error).toContain('--file');
    expect((await world.type(['secret', 'get', 'token'])).out).toBe(hostile);
  });
});

test('what a removal says', async () => {
  const typed = await world.type(['secret', 'rm', 'token']);
  expect(`${typed.out}${typed.error}`).not.toMatch(raw);
  expect(typed.error).toContain(String.raw`\u202e`);
});
