/** Texts of the dialog that makes a copy; loaded with it. */
import { copySentence } from '../../../../client/index.ts';

export const copies = {
  help: `A native Secret in this namespace follows the shared secret, so that Deployments and charts can use it. ${copySentence} The copy is deleted when the access ends.`,
  labels: 'Labels of the native Secret',
  annotations: 'Annotations of the native Secret',
  pairsHelp: 'Optional: one NAME=VALUE on each line, for tools such as Reloader.',
  noPair: (line: string) => `Write NAME=VALUE, not ${line}`,
  done: (key: string) => `The copy ${key} was created.`,
} as const;
