/** Texts of the dashboard. */
import { numberText } from '../../language/local.ts';
export const dashboard = {
  title: 'Dashboard',
  about: 'Start a job from a card, and see what is running and what needs your attention.',
  actions: 'Actions',
  run: 'RUN A JOB',
  /** By the name of a card that every console has. */
  standard: {
    terminal: { title: 'Terminal', description: 'A shell in a container of its own, with your secrets in it.' },
    'custom-job': { title: 'Custom Job', description: 'Any image and command.' },
  } as Readonly<Record<string, { readonly title: string; readonly description: string }>>,
  running: 'Running and pending jobs',
  noneRunning: 'No jobs are running. Start one from a card.',
  failed: 'Failed in the last day',
  rotate: 'Secrets to rotate',
  shared: 'Shared with me',
  allShared: (count: number) =>
    count === 1 ? 'View the shared secret' : `View all ${numberText(count)} shared secrets`,
  steps: {
    title: 'First steps',
    addLink: 'Add a secret',
    add: 'such as a password or a token.',
    share: 'Share it with a person, a group or a namespace, if others need it.',
    run: 'Run a job from a card, and choose the secret as a variable or a file.',
  },
  allRunning: (count: number) => `View all ${numberText(count)} jobs`,
} as const;
