/** Texts of what can go wrong with a request. */
export const errors = {
  consoleGone: 'The console’s server cannot be reached.',
  notAnswering: 'The API server does not answer.',
  interrupted: 'The connection was interrupted.',
  closed: 'The connection was closed immediately.',
  sessionEnded: 'Your session has ended.',
  accessEnded: 'Your access has ended.',
  refused: 'The API server refused the request.',
  status: (status: number) => `The server responded with status ${String(status)}.`,
  forbidden: (action: string, what: string, namespace: string | undefined) =>
    `You don’t have permission to ${action} ${what}${namespace === undefined ? '' : ` in the namespace ${namespace}`}.`,
  gone: (name: string) => `${name} no longer exists: someone deleted it. Create it again if you still need it.`,
  /** By the verb of the API. */
  actions: {
    get: 'read',
    list: 'list',
    watch: 'list',
    create: 'create',
    update: 'change',
    patch: 'change',
    delete: 'delete',
  } as Readonly<Record<string, string>>,
  /** By the resource of the API. */
  resources: {
    usersecrets: 'secrets',
    secretgrants: 'grants',
    neurojobs: 'jobs',
    neuroschedules: 'schedules',
    configmaps: 'ConfigMaps',
    secrets: 'native Secrets',
    'pods/log': 'the output of jobs',
    'pods/exec': 'shells in jobs',
    events: 'events',
  } as Readonly<Record<string, string>>,
} as const;
