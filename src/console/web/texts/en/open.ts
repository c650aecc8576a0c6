/** Texts about the page that a job serves. Loaded with the button. */
export const open = {
  open: 'Open',
  ready: 'Its page is ready to open',
  notYet: 'You can open its page when the job runs',
  notOpened: (name: string) => `${name} was not opened`,
  title: (name: string) => `Open ${name} from the command line`,
  fromCommand:
    'This console has no domain for the pages of jobs. This command opens the page through your own machine:',
  copyCommand: 'Copy the command',
  forAdministrator:
    'To open jobs from here, the administrator sets console.jobDomain to a domain whose names all lead to the console.',
} as const;
