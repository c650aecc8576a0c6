/** Texts around the pages: the frame, the namespace, the login, states of lists. */
import { numberText } from '../../language/local.ts';
export const app = {
  name: 'Neuro',
  context: 'Cluster',
  dark: 'Dark colours',
  light: 'Light colours',
  language: 'Language',
  notify: 'Notify me while I am elsewhere',
  notifyOn: 'Notifications are on',
  notifyBlocked:
    'The browser blocks notifications of this page. Allow them in its settings for this page. Private windows may not show any.',
  notifyUnanswered: 'The browser has not allowed notifications yet. Turn them on again and allow them when it asks.',
  notifyUnsupported:
    'This browser cannot show notifications of this page. Use a desktop browser and an address with https.',
  languageMissing: 'The language could not be loaded. Check the connection and try again.',
  userMenu: (name: string) => `User ${name}`,
  version: (version: string) => `Console ${version}`,
} as const;

export const nav = {
  dashboard: 'Dashboard',
  jobs: 'Jobs',
  schedules: 'Schedules',
  secrets: 'Secrets',
  admin: 'Administration',
  label: 'Pages',
  skip: 'Skip to the page',
} as const;

/** What opens the palette and the list of keys. */
export const opening = {
  palette: 'Go to… (Ctrl-K)',
  shortcuts: 'Keyboard shortcuts (?)',
} as const;

export const namespace = {
  label: 'Namespace',
  choose: 'Which namespace?',
  noHome: (user: string) =>
    `No namespace is the home of ${user} yet. Ask your administrator to create one, or enter a namespace that you have access to.`,
  open: 'Open',
} as const;

export const login = {
  intro: 'Your secrets, and jobs that use them.',
  oidc: 'Log in',
  or: 'or',
  token: 'Token',
  tokenHelp: 'A bearer token of the cluster. It goes to the server of this console and is not kept in the browser.',
  tokenHow: 'One for a service account:',
  tokenCommand: 'kubectl create token NAME',
  submit: 'Log in with the token',
  localOnly:
    'This console runs on your machine. Each address works once, in one browser. To get another address, press Enter in the terminal that runs neuro console.',
  failed: (code: string) => `Login failed (${/^[A-Za-z]{1,40}$/.test(code) ? code : 'unknown'}). Try again.`,
  ended: 'Your session has ended',
  endedHelp: (user: string) => `Log in again as ${user}. What you were doing is still here.`,
  out: 'Log out',
  notOut: 'You are still logged in',
  end: 'End this session',
  until: (time: string) => `Session until ${time}`,
} as const;

export const states = {
  loading: 'Loading',
  more: (count: number) => `${numberText(count)} read so far. More are loading.`,
  live: 'Live',
  connecting: 'Connecting',
  offline: 'Offline',
  failing: 'Error',
  offlineUnread: 'Nothing has been read yet. The console keeps trying.',
  offlineHelp: 'What you see may be out of date. The console keeps trying.',
  help: {
    live: 'Changes appear immediately.',
    connecting: 'Reading from the cluster.',
    offline: 'What you see may be out of date. The console keeps trying.',
    failing: 'The API server responds with an error. What you see may be out of date. The console keeps trying.',
  },
  retry: 'Try again',
  cannotBegin: 'The console could not start',
  takesLong:
    'The cluster has not answered yet. The console keeps trying. If this lasts, check whether the cluster runs.',
  broken: 'Something went wrong on this page',
  noSuchPage: 'Page not found',
  toStart: 'Back to the dashboard',
  clearSearch: 'Clear the search',
  someOf: (count: number, all: number) => `${numberText(count)} of ${numberText(all)}`,
  noMatch: (query: string) => `Nothing matches “${query}”`,
  refused: 'You don’t have permission to view this',
  refusedHelp:
    'Choose another namespace above, or ask its owner for access. Secrets that are shared with you appear in your own namespace.',
} as const;
