/** A command that a message names next works where this call did. */
import { describe, expect, test } from 'vitest';
import { namespaces } from '../../src/cli/connect/kinds.ts';
import { repeatPlace, type Place } from '../../src/cli/output/next-command.ts';
import { createWorld } from './typed.ts';

const world = createWorld();
world.model.put(namespaces, { metadata: { name: 'bob' } });

test.each<[string, string, Place, string]>([
  ['the context', 'See `neuro ps`.', { context: 'dev' }, 'See `neuro --context dev ps`.'],
  ['no place', 'See `neuro ps`.', {}, 'See `neuro ps`.'],
  [
    'all of the place, quoted',
    '`neuro doctor` looks.',
    { context: 'my cluster', kubeconfig: "it's.yaml", namespace: 'alice', operatorNamespace: 'ops' },
    "`neuro --context 'my cluster' --kubeconfig 'it'\\''s.yaml' --namespace alice --operator-namespace ops doctor` looks.",
  ],
  [
    'a context with control characters, on one line',
    '`neuro ps`',
    { context: 'a\nb' },
    "`neuro --context $'a\\nb' ps`",
  ],
  ['the namespace that the command has already', '`neuro ps -a -n bob`', { namespace: 'bob' }, '`neuro ps -a -n bob`'],
  [
    'the namespace of a job that has a name',
    '`neuro run -n worker IMAGE`',
    { namespace: 'bob' },
    '`neuro --namespace bob run -n worker IMAGE`',
  ],
  ...(['admin add-user bob', 'admin remove-user bob'] as const).map((command): [string, string, Place, string] => [
    `no namespace for ${command}, which refuses it`,
    `\`neuro ${command}\``,
    { context: 'dev', namespace: 'alice' },
    `\`neuro --context dev ${command}\``,
  ]),
  [
    'neither for config use, which refuses both',
    '`neuro config get-contexts`, `neuro config use NAME`',
    { context: 'dev', namespace: 'alice', kubeconfig: 'k' },
    '`neuro --context dev --kubeconfig k --namespace alice config get-contexts`, `neuro --kubeconfig k config use NAME`',
  ],
  [
    'a plug-in of kubectl',
    '`neuro ps`',
    { calledAs: 'kubectl neuro', context: 'dev' },
    '`kubectl neuro --context dev ps`',
  ],
  [
    'kubectl, which knows no operator',
    '`kubectl get pvc`',
    { context: 'dev', kubeconfig: 'k', namespace: 'alice', operatorNamespace: 'ops' },
    '`kubectl --context dev --kubeconfig k get pvc`',
  ],
  [
    'the kubeconfig that kubectl changes',
    '`kubectl config set-context --current --namespace=NAMESPACE`',
    { context: 'dev', kubeconfig: 'k' },
    '`kubectl --kubeconfig k config set-context --current --namespace=NAMESPACE`',
  ],
  ['somebody else', 'ask bob to run `neuro share x y`', { context: 'dev' }, 'ask bob to run `neuro share x y`'],
  [
    'an administrator',
    'An administrator changes that: `kubectl annotate namespace x a=b`.',
    { context: 'dev' },
    'An administrator changes that: `kubectl annotate namespace x a=b`.',
  ],
  ['what is no command', 'the word `neurosis` and `x`', { context: 'dev' }, 'the word `neurosis` and `x`'],
])('repeats %s', (_what, sentence, place, expected) => {
  expect(repeatPlace(sentence, place)).toBe(expected);
});

describe('typed', () => {
  const where = ['--context', 'my cluster', '--kubeconfig', '/k'];
  const repeated = "neuro --context 'my cluster' --kubeconfig /k ";

  test.each<[string, readonly string[], string]>([
    ['an error of a command', ['secret', 'get', 'nothing', ...where], `${repeated}secret ls -n alice`],
    ['flags before the command', [...where, 'secret', 'get', 'nothing'], `${repeated}secret ls -n alice`],
    ['a flag with an equals sign', ['secret', 'get', 'x', '--context=my cluster', '--kubeconfig=/k'], repeated],
    ['a word of another command', [...where, 'secret', 'create', 'x'], `${repeated}secret add KEY`],
    ['an empty list', ['-n', 'bob', 'ps', '-a', ...where], `${repeated}--namespace bob run IMAGE`],
    ['doctor', ['doctor', ...where, '--namespace', 'bob'], '; an administrator'],
  ])('%s', async (_what, words, expected) => {
    const { out, error } = await world.type(words);
    expect(out + error).toContain(expected);
  });

  test('what a command line takes for its job is not where it works', async () => {
    const { error } = await world.type(['exec', 'nothing', '--', 'tool', '--context', 'other']);
    expect(error).toContain('`neuro ps -a -n alice`');
  });

  test('--color is for errors too', async () => {
    expect((await world.type(['--color', 'yes', 'secret', 'get', 'x'])).error).toContain('\u001b[31mERROR:');
    expect((await world.type(['secret', 'get', 'x'])).error).toMatch(/^ERROR:/);
  });
});
