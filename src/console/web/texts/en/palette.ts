/** Texts of the palette and of the list of keys. */
import type { PaletteCommand } from '../../palette/find-commands.ts';
export const palette = {
  title: 'Go to',
  label: 'A page, a secret, a job, an action',
  found: 'What was found',
  help: '↑ ↓ choose · Enter opens · Esc closes',
  run: (card: string) => `Run a job: ${card}`,
  use: (uri: string) => `Use ${uri} in a job`,
  namespace: (name: string) => `Go to the namespace ${name}`,
  groups: {
    pages: 'page',
    actions: 'action',
    secrets: 'secret',
    shared: 'shared with you',
    jobs: 'job',
    namespaces: 'namespace',
  } satisfies Record<PaletteCommand['group'], string>,
} as const;

export const shortcuts = {
  title: 'Keyboard shortcuts',
  keys: [
    ['Ctrl-K', 'Go to a page, a secret, a job or an action'],
    ['?', 'Show this list'],
    ['/', 'Search the list'],
    ['a', 'Add a secret (on the page of secrets)'],
    ['i', 'Import a .env file (on the page of secrets)'],
    ['Esc', 'Close, or clear the search'],
    ['Ctrl-Enter', 'Save, from the field of a value'],
    ['Enter, Shift-Enter', 'Next and previous match in the output of a job'],
  ],
} as const;
