/** The cache of what was read. In memory only; nothing is read again by focus or by time, since watches keep it. */
import { QueryClient } from '@tanstack/react-query';
import { ClusterError } from './cluster/errors.ts';

const mostRetries = 3;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (count, error) => error instanceof ClusterError && error.kind === 'offline' && count < mostRetries,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
