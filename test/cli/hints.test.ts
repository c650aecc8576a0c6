/** Words of other commands lead to the right one, and doctor ends with a summary. */
import { expect, test } from '@jest/globals';
import { createWorld } from './typed.ts';

const world = createWorld();

test.each<[string, string]>([
  ['secret create x', '`neuro secret add KEY`'],
  ['secret delete x', '`neuro secret rm KEY`'],
  ['secret show x', '`neuro secret get KEY`'],
  ['secret describe x', '`neuro secret usage KEY`'],
  ['secret edit x', '`neuro secret add KEY`'],
  ['secret whoami', '`neuro config show`'],
  ['whoami', '`neuro config show`'],
  ['secrets', '`neuro secret ls`'],
  ['secrets delete x', '`neuro secret rm KEY`'],
  ['jobs', '`neuro ps`'],
  ['grants', '`neuro acl ls'],
])('neuro %s', async (line, expected) => {
  const { code, out, error } = await world.type(line.split(' '));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(error).toContain(expected);
});

test('doctor ends with a summary', async () => {
  const { code, out } = await world.type(['doctor']);
  expect(code).toBe(1);
  expect(out).toMatch(/\n\d+ things? (has|have) to be mended[^\n]* are all right\.\n$/);
});
