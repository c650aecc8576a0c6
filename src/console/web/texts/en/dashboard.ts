/** Texts of the dashboard. */
export const dashboard = {
  title: 'Dashboard',
  actions: 'Actions',
  run: 'RUN A JOB',
  running: 'Running jobs',
  noneRunning: 'You have no running jobs; start one with a card.',
  allRunning: (count: number) => `All ${String(count)}`,
} as const;
