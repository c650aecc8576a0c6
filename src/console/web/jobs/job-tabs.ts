/** The tabs of a job's page, as they stand in its address. */
export const jobTabs = ['overview', 'logs', 'terminal', 'events'] as const;
export type JobTab = (typeof jobTabs)[number];
