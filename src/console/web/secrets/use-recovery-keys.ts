/** Ids of the recovery keys of the cluster, for which every value is sealed as well. */
import { useQuery } from '@tanstack/react-query';
import { useCluster } from '../cluster/use-cluster.ts';

/** An administrator changes them once a year. */
const freshMs = 60_000;

export function useRecoveryKeys(): readonly string[] {
  const { connection, config } = useCluster();
  const { data = [] } = useQuery({
    queryKey: ['recovery-keys', connection.context],
    queryFn: async () => {
      const { recoveryKeys } = await import('./seal-value.ts');
      return (await recoveryKeys(connection, config.sealing)).map(({ keyId }) => keyId);
    },
    // What is wrong with them is said when something is saved.
    retry: false,
    staleTime: freshMs,
  });
  return data;
}
