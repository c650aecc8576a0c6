/** The presets of the operator, as it publishes them; where it does not, those of the console's configuration. */
import { useQuery } from '@tanstack/react-query';
import { PRESETS_CONFIG_MAP } from '../../../api/index.ts';
import { publishedPresets } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import type { Preset } from '../../contract.ts';
import type { Connection } from '../cluster/connection.ts';
import { ClusterError } from '../cluster/errors.ts';
import { configMaps } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';

export function usePresets(): readonly Preset[] {
  const { connection, config } = useCluster();
  const { namespace } = config.sealing;
  const { data: published } = useQuery({
    queryKey: ['presets', connection.context, namespace],
    queryFn: async ({ signal }) => publishedPresets(await readPresets(connection, namespace, signal)) ?? null,
  });
  if (published === undefined || published === null) return config.presets;
  return published.map(({ name, requests, limits }) => {
    const description = config.presets.find((preset) => preset.name === name)?.description;
    return { name, ...defined({ description }), resources: { requests, limits } };
  });
}

/** Undefined where there are none, or the user may not read them. */
export async function readPresets(
  connection: Connection,
  namespace: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { data } = await connection.get(configMaps, { namespace, name: PRESETS_CONFIG_MAP }, signal);
    return data;
  } catch (error) {
    if (error instanceof ClusterError && (error.kind === 'notFound' || error.kind === 'forbidden')) return undefined;
    throw error;
  }
}
