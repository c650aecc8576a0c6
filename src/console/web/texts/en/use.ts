/** Texts about what a job uses of the machine. Loaded with the charts. */
export const use = {
  title: 'Resource usage',
  since: 'Measured since this page was opened, every 15 seconds.',
  waiting: 'Waiting for the first measurement. A new job has one after about 30 seconds.',
  /** For users with the right to an API that is not there. */
  noServer: 'This cluster does not measure jobs. The administrator can install metrics-server.',
  /** Authorization comes first: a refusal does not show whether the API is there. */
  notAllowed:
    'No measurements. The cluster needs metrics-server, and you need permission to get pods in metrics.k8s.io. Where metrics-server is installed, the role view includes it.',
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
