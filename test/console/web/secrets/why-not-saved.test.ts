/** The rights that a form needs which makes some objects and changes others. */
import { expect, test } from 'vitest';
import { whyNotSaved } from '../../../../src/console/web/secrets/why-not-saved.ts';

const mayNotCreate = 'no right to create';
const mayNotChange = (name: string): string | undefined => (name === 'mine' ? undefined : `no right to change ${name}`);

test.each<[string, readonly (string | undefined)[], string | undefined, string | undefined]>([
  ['has nothing yet takes the right to create', [], mayNotCreate, mayNotCreate],
  ['has nothing yet can be saved by someone who may create', [], undefined, undefined],
  ['makes one takes the right to create', ['mine', undefined], mayNotCreate, mayNotCreate],
  ['makes none takes no right to create', ['mine'], mayNotCreate, undefined],
  ['changes one takes the right to change that one', [undefined, 'mine', 'api'], undefined, 'no right to change api'],
  ['changes what may be changed can be saved', [undefined, 'mine'], undefined, undefined],
])('a form that %s', (_case, formers, create, expected) => {
  expect(whyNotSaved(formers, create, mayNotChange)).toBe(expected);
});
