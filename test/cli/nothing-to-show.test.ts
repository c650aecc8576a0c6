/** Lists and answers that have nothing to show say so in a sentence, beside the result. */
import { expect, test } from 'vitest';
import { namespaces, neuroSchedules, userSecrets } from '../../src/cli/connect/kinds.ts';
import { createWorld, type World } from './typed.ts';

function newWorld(): World {
  const world = createWorld({ allow: () => true });
  world.model.put(namespaces, { metadata: { name: 'alice', annotations: { 'neu.ro/user': 'alice' } } });
  return world;
}

const empty: readonly (readonly [line: string, sentence: string])[] = [
  ['secret ls', 'No secrets in the namespace'],
  ['secret ls --mine', 'No secrets in the namespace'],
  ['secret ls --shared-with-me', 'Nothing is shared with'],
  ['secret manifest', 'No secrets in the namespace'],
  ['acl ls', 'Nothing is shared with'],
  ['acl ls --shared', 'shares nothing'],
  ['ps', 'No unfinished jobs'],
  ['ps -a', 'No jobs'],
  ['ps -a -s failed', 'No such jobs'],
  ['schedule ls', 'No schedules'],
];

test.each(empty)('%s', async (line, sentence) => {
  const { code, error } = await newWorld().type(line.split(' '));
  expect(code).toBe(0);
  expect(error).toContain(sentence);
});

const ofOne: readonly (readonly [line: string, sentence: string])[] = [
  ['secret usage db', "Secret 'db' is not shared, and no unfinished job in the namespace 'alice' uses it"],
  ['secret history db', "No former value of 'db' is kept."],
  ['secret tag db', "Secret 'db' has no tags"],
  ['schedule show nightly', 'It has no jobs'],
];

test.each(ofOne)('%s', async (line, sentence) => {
  const world = newWorld();
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: { value: 'x' } });
  world.model.put(neuroSchedules, {
    metadata: { namespace: 'alice', name: 'nightly' },
    spec: { schedule: '0 3 * * *', jobTemplate: { name: 'template' } },
  });
  const { code, error } = await world.type(line.split(' '));
  expect(code).toBe(0);
  expect(error).toContain(sentence);
});

test.each([
  ['secret usage db', 'neuro share secret:db SUBJECT'],
  ['secret usage secret:/bob/token', 'neuro share secret:/bob/token SUBJECT'],
  ['secret usage secret:db', 'neuro share secret:db SUBJECT'],
  ['secret tag secret:/bob/token', 'neuro secret tag secret:/bob/token NAME'],
  ['secret tag db', 'neuro secret tag db NAME'],
  ['secret history diff secret:/bob/token aaaa bbbb', 'neuro secret history secret:/bob/token'],
  ['secret rollback secret:/bob/token', 'neuro secret history secret:/bob/token'],
  ['secret rotate secret:/bob/token', 'neuro secret add secret:/bob/token'],
])('%s suggests a command for the same secret', async (line, command) => {
  const world = newWorld();
  for (const [namespace, name] of [
    ['alice', 'db'],
    ['bob', 'token'],
  ] as const)
    world.model.put(userSecrets, { metadata: { namespace, name }, spec: { value: 'x' } });
  expect((await world.type(line.split(' '))).error).toContain(`\`${command}\``);
});

test.each(['secret ls', 'secret manifest', 'acl ls', 'acl ls --shared', 'ps', 'top', 'schedule ls'])(
  '%s in a namespace that does not exist',
  async (line) => {
    const answers = {
      '/apis/metrics.k8s.io/v1beta1/namespaces/nothing/pods': { items: [] },
      '/apis/metrics.k8s.io/v1beta1': {},
    };
    const { error } = await createWorld({ allow: () => true, answers }).type([...line.split(' '), '-n', 'nothing']);
    expect(error).toContain("The namespace 'nothing' does not exist");
  },
);

test('with -q nothing is said', async () => {
  for (const [line] of empty.filter(([each]) => !each.includes('manifest')))
    expect(await newWorld().type(['-q', ...line.split(' ')])).toEqual({ code: 0, out: '', error: '' });
});

test('rollback without a version says where they are listed', async () => {
  const world = newWorld();
  world.model.put(userSecrets, { metadata: { namespace: 'alice', name: 'db' }, spec: { value: 'x' } });
  const { code, error } = await world.type(['secret', 'rollback', 'db']);
  expect(code).toBe(2);
  expect(error).toContain('Say to which version: `neuro secret history db` lists them.');
});
