/** The pages and their addresses. What is typed in a search box stands in the address; a value of a secret never does. */
import { createRootRoute, createRoute, createRouter, retainSearchParams } from '@tanstack/react-router';
import { defined } from '../../defined.ts';
import { inLanguage, page } from './language/page.tsx';
import { secretsSearch } from './secrets/secrets-search.ts';
import { jobTabs, type JobTab } from './jobs/job-tabs.ts';
import type { JobsSearch } from './jobs/jobs-search.ts';
import { Gate } from './shell/gate.tsx';
import { FirstPage } from './shell/first-page.tsx';
import { NoSuchPage } from './shell/no-such-page.tsx';
import { PageError } from './shell/page-error.tsx';

interface ContextSearch {
  readonly context?: string;
}

const root = createRootRoute({
  component: inLanguage(Gate),
  notFoundComponent: inLanguage(NoSuchPage),
  errorComponent: PageError,
  validateSearch: (search: Record<string, unknown>): ContextSearch =>
    typeof search['context'] === 'string' ? { context: search['context'] } : {},
  search: { middlewares: [retainSearchParams(['context'])] },
});

const first = createRoute({ getParentRoute: () => root, path: '/', component: inLanguage(FirstPage) });

interface DashboardSearch {
  /** URI of a secret to begin a job with. */
  readonly use?: string;
  /** Name of a job to begin from. */
  readonly from?: string;
  /** Name of a card whose dialog is open. */
  readonly card?: string;
}
const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/n/$namespace/dashboard',
  validateSearch: (search: Record<string, unknown>): DashboardSearch => ({
    ...(typeof search['use'] === 'string' ? { use: search['use'] } : {}),
    ...(typeof search['from'] === 'string' ? { from: search['from'] } : {}),
    ...(typeof search['card'] === 'string' ? { card: search['card'] } : {}),
  }),
  component: page(() => import('./dashboard/dashboard-page.tsx'), 'DashboardPage'),
});

const secrets = createRoute({
  getParentRoute: () => root,
  path: '/n/$namespace/secrets',
  validateSearch: secretsSearch,
  component: page(() => import('./secrets/secrets-page.tsx'), 'SecretsPage'),
});

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/n/$namespace/jobs',
  validateSearch: (search: Record<string, unknown>): JobsSearch => ({
    ...(typeof search['q'] === 'string' && search['q'] !== '' ? { q: search['q'] } : {}),
    ...(typeof search['phase'] === 'string' ? { phase: search['phase'] } : {}),
    ...(typeof search['since'] === 'string' ? { since: search['since'] } : {}),
  }),
  component: page(() => import('./jobs/jobs-page.tsx'), 'JobsPage'),
});

interface JobSearch {
  readonly tab?: JobTab;
}
const job = createRoute({
  getParentRoute: () => root,
  path: '/n/$namespace/jobs/$name',
  validateSearch: (search: Record<string, unknown>): JobSearch => {
    const tab = jobTabs.find((known) => known === search['tab']);
    return defined({ tab });
  },
  component: page(() => import('./jobs/job-page.tsx'), 'JobPage'),
});

const schedules = createRoute({
  getParentRoute: () => root,
  path: '/n/$namespace/schedules',
  component: page(() => import('./schedules/schedules-page.tsx'), 'SchedulesPage'),
});

const admin = createRoute({
  getParentRoute: () => root,
  path: '/n/$namespace/admin',
  component: page(() => import('./admin/admin-page.tsx'), 'AdminPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([first, dashboard, secrets, jobs, job, schedules, admin]),
  defaultPreload: 'intent',
  defaultPendingMs: 200,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
