/** Texts of the dialog that makes a copy; loaded with it. */
import { copySentence } from '../../../../client/index.ts';

export const copies = {
  help: `The native Secret here follows the other secret, so that Deployments and charts can use it. ${copySentence} When the access ends, it is deleted.`,
  labels: 'Labels of the native Secret',
  annotations: 'Annotations of the native Secret',
  pairsHelp: 'One NAME=VALUE on each line, for tools such as Reloader. Optional.',
  noPair: (line: string) => `Write NAME=VALUE, not ${line}`,
  done: (key: string) => `${key} is a copy now.`,
} as const;
