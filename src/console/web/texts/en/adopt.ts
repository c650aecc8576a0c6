/** Texts of the dialog that adopts a native Secret. */
import { numberText } from '../../language/local.ts';
import { adoptWords } from '../../../../client/index.ts';

export const adopt = {
  title: 'Follow the keys of a native Secret',
  help: 'Each key becomes a secret that follows it. The native Secret keeps its owner, and no value is shown. You need the right to read it.',
  instead: 'Are the values in a native Secret of this namespace?',
  prefix: 'Prefix of the new keys',
  look: 'Show its keys',
  becomes: 'Secret',
  leftOut: 'left out',
  replace: (count: number) =>
    count === 1
      ? 'Let the secret that exists follow it instead'
      : `Let the ${numberText(count)} secrets that exist follow it instead`,
  save: (count: number) => (count === 1 ? 'Adopt 1 key' : `Adopt ${numberText(count)} keys`),
  done: (count: number, name: string) =>
    count === 1 ? `1 secret follows ${name} now.` : `${numberText(count)} secrets follow ${name} now.`,
  notFound: (namespace: string) => `There is no such Secret in the namespace ${namespace}.`,
  forbidden: 'You may not read this Secret, so you cannot follow it.',
  refused: (why: string) => `Nothing of it can be adopted: ${why}.`,
  words: adoptWords,
} as const;
