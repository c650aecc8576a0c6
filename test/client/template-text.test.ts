/** What a template may be, by the rules of the CRD and of the operator. */
import { expect, test } from 'vitest';
import {
  MAX_TEMPLATE_PARTS,
  partRefusal,
  templateProblem,
  templateTextProblem,
  templateUses,
  templateWords,
} from '../../src/client/index.ts';
import type { UserSecret } from '../../src/api/index.ts';

test.each<[string, readonly string[]]>([
  ['postgres://$(user):$(password)@$(user).example', ['user', 'password']],
  ['$$(user)', []],
  ['$$$(user)', ['user']],
  ['$5 and $HOME', []],
  ['$(a b)$(', ['a b', '']],
])('the text %j names %j', (text, names) => {
  expect(templateUses(text)).toEqual(names);
});

test.each<[string, string, string | undefined]>([
  ['names a secret', '$(user)', undefined],
  ['names one beside dollar signs', '$$(x) $5 $(user)', undefined],
  ['is empty', '', templateWords.empty],
  ['names none', 'plain $$(user)', templateWords.noPart],
  ['opens a name and does not close it', 'a $(user', templateWords.open],
  ['names what is no name', '$(1st)', templateWords.badName('1st')],
  ['names nothing', '$()', templateWords.badName('')],
  ['is too long', `$(user)${'x'.repeat(8192)}`, templateWords.tooLong('8192', '8199')],
  [
    'names too many',
    Array.from({ length: MAX_TEMPLATE_PARTS + 1 }, (_, index) => `$(p${String(index)})`).join(''),
    templateWords.tooMany('16', '17'),
  ],
])('a text that %s is a template, or is refused with a reason', (_case, text, problem) => {
  expect(templateTextProblem(text)).toBe(problem);
});

test('each name in the text needs a secret', () => {
  const text = '$(user):$(password)';
  const user = { name: 'user', secret: 'db-user' };
  expect(templateProblem({ text, parts: [user] })).toBe(templateWords.unknown('password'));
  expect(templateProblem({ text, parts: [user, { name: 'password', secret: '' }] })).toBe(
    templateWords.unknown('password'),
  );
  expect(templateProblem({ text, parts: [user, { name: 'password', secret: 'db-password' }] })).toBeUndefined();
});

const secretOf = (name: string, spec: UserSecret['spec']): UserSecret => ({ metadata: { name }, spec });
const composedOf = (...secrets: readonly string[]): UserSecret['spec'] => ({
  template: { text: '', parts: secrets.map((secret) => ({ name: secret, secret })) },
});
const known = new Map(
  [
    secretOf('plain', { value: 'x' }),
    secretOf('copied', { sharedFrom: { namespace: 'bob', name: 'x' } }),
    secretOf('flat', composedOf('plain')),
    secretOf('deep', composedOf('flat')),
    secretOf('circle', composedOf('mine')),
    secretOf('mine', { key: 'MINE', value: 'x' }),
  ].map((secret) => [secret.metadata.name, secret]),
);

test.each<[string, string | undefined]>([
  ['plain', undefined],
  ['flat', undefined],
  ['copied', templateWords.copy],
  ['deep', templateWords.deep],
  ['circle', templateWords.deep],
  ['mine', templateWords.itself('MINE')],
])('the secret %s as a part of "mine" is refused where the operator refuses it', (name, why) => {
  const part = known.get(name);
  expect(part && partRefusal(part, 'mine', (other) => known.get(other))).toBe(why);
});
