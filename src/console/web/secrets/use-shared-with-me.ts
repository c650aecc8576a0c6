/** What others share with this namespace, as the operator's ConfigMap there says it; without what has ended. */
import { useMemo } from 'react';
import { SHARED_WITH_ME_CONFIG_MAP } from '../../../api/index.ts';
import { sharedEntries, type SharedEntries } from '../../../client/index.ts';
import type { LiveList } from '../cluster/live-list.ts';
import { configMaps, type ConfigMap } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useNow } from '../parts/use-now.ts';

export interface SharedWithMe extends SharedEntries {
  readonly list: LiveList<ConfigMap>;
}

const query = { fieldSelector: `metadata.name=${SHARED_WITH_ME_CONFIG_MAP}` };

export function useSharedWithMe(namespace: string): SharedWithMe {
  const list = useLive(configMaps, { namespace }, query);
  const now = useNow();
  return useMemo(() => {
    const map = list.objects.get(`${namespace}/${SHARED_WITH_ME_CONFIG_MAP}`);
    return { list, ...sharedEntries(map?.data ?? {}, now) };
  }, [list, namespace, now]);
}
