/** Texts about what a job uses of the machine. Loaded with the charts. */
export const use = {
  title: 'Use',
  since: 'Measured since this page was opened, every 15 seconds.',
  waiting: 'Waiting for the first measure; a new job has one after about half a minute.',
  /** For users with the right to an API that is not there. */
  noServer: 'Nothing measures jobs in this cluster: the administrator has to install metrics-server.',
  /** Authorization comes first: a refusal does not show whether the API is there. */
  notAllowed:
    'No measures: the cluster needs metrics-server, and you need the right to get pods in metrics.k8s.io. Where metrics-server is installed, the role view has it.',
  resources: { cpu: 'CPU (cores)', memory: 'Memory', 'ephemeral-storage': 'Disk' } as Readonly<Record<string, string>>,
  now: 'Now',
  highest: 'Highest',
  request: 'Request',
  limit: 'Limit',
  notReported: 'not reported',
  none: 'none',
  chart: (resource: string, now: string, highest: string, limit: string) =>
    `${resource} over time: now ${now}, highest ${highest}, limit ${limit}`,
} as const;
