/** What is wrong whatever the cluster holds is said before anything is connected: without a kubeconfig, too. */
import { expect, test } from 'vitest';
import { KernelError } from '../../src/kernel/index.ts';
import { createWorld } from './typed.ts';

const world = createWorld({ connectError: new KernelError('Network', 'somebody connects') });

test.each<[string, number, string]>([
  ['secret rollback db', 2, 'ERROR: Say to which version: `neuro secret history db` lists them.'],
  ['secret rollback b@d --to 1', 65, 'The key "b@d" holds "@"'],
  ['secret get b@d', 65, 'The key "b@d" holds "@"'],
  ['secret rm db b@d', 65, 'The key "b@d" holds "@"'],
  ['secret usage b@d', 65, 'The key "b@d" holds "@"'],
  ['secret log b@d', 65, 'The key "b@d" holds "@"'],
  ['secret history b@d', 65, 'The key "b@d" holds "@"'],
  ['secret history diff b@d 1 2', 65, 'The key "b@d" holds "@"'],
  ['secret history purge b@d', 65, 'The key "b@d" holds "@"'],
  ['secret rotate b@d', 65, 'The key "b@d" holds "@"'],
  ['secret rotate-by b@d never', 65, 'The key "b@d" holds "@"'],
  ['secret tag b@d a=b', 65, 'The key "b@d" holds "@"'],
  ['secret seal b@d x', 65, 'The key "b@d" holds "@"'],
  ['secret reseal b@d', 65, 'The key "b@d" holds "@"'],
  ['secret manifest b@d', 65, 'The key "b@d" holds "@"'],
  ['secret get secret:', 127, "'secret:' names all secrets"],
  ['secret add b@d x', 65, 'The key "b@d" holds "@"'],
  ['secret add db --from secret:/bob/x y', 2, 'leave out VALUE'],
  ['secret add db --from b@d', 65, 'The key "b@d" holds "@"'],
  ['secret add db --cert a', 2, 'takes --cert FILE and --key FILE'],
  ['secret add db --cert a --key b --raw', 2, 'leave out --raw'],
  ['secret add db x --label nonsense', 2, '--label takes NAME=VALUE'],
  ['secret add db x --rotate-by nonsense', 2, "'nonsense' is not a date"],
  ['secret add db --template x --from-config-map y', 2, 'A secret has one source'],
  ['secret add db --from-config-map nonsense', 2, '--from-config-map is NAME/KEY'],
  ['secret add db --part a=b', 2, '--part belongs to a --template'],
  ['secret add db --template $(a) --part nonsense', 2, '--part is NAME=KEY'],
  ['secret add db --template $(a) --part a=b,rot13', 2, 'An encoding is percent'],
  ['secret add db --template $(a) --part a=b@d', 65, 'The key "b@d" holds "@"'],
  ['secret add db --template $(a)$(b) --part a=db', 127, 'there is no part of that name'],
  ['secret ls --tag a@b!', 2, "'a@b!' is not a tag"],
  ['secret ls --shared-with-me --mine', 2, 'leave out --mine'],
  ['share db bob', 127, 'has no scheme; write secret:db'],
  ['acl revoke db bob', 127, 'has no scheme; write secret:db'],
])('%s', async (line, code, words) => {
  const typed = await world.type(line.split(' '));
  expect(typed.error).toContain(words);
  expect(typed).toMatchObject({ code, out: '' });
});

test('what is right connects', async () => {
  expect((await world.type(['secret', 'get', 'db'])).error).toContain('somebody connects');
});
