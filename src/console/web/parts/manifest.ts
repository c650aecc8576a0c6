/** An object as YAML for git: what the server added is left out. */
import { defined } from '../../../defined.ts';
import type { ClusterObject, Resource } from '../cluster/object.ts';

export async function manifestText<T extends ClusterObject & { readonly spec: unknown }>(
  { group, version, kind }: Resource<T>,
  { metadata, spec }: T,
): Promise<string> {
  const { stringify } = await import('yaml');
  const { name, namespace, labels } = metadata;
  return stringify(
    {
      apiVersion: `${group}/${version}`,
      kind,
      metadata: {
        name,
        ...defined({ namespace, labels }),
      },
      spec,
    },
    { lineWidth: 0 },
  );
}
