/** An object as YAML for git: what the server added is left out. */
import { ANNOTATION_ROTATE_BY } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import type { ClusterObject, Resource } from '../cluster/object.ts';

export async function manifestText<T extends ClusterObject & { readonly spec: unknown }>(
  { group, version, kind }: Resource<T>,
  { metadata, spec }: T,
): Promise<string> {
  const { stringify } = await import('yaml');
  const { name, namespace, labels, annotations } = metadata;
  const rotateBy = annotations?.[ANNOTATION_ROTATE_BY];
  return stringify(
    {
      apiVersion: `${group}/${version}`,
      kind,
      metadata: {
        name,
        ...defined({
          namespace,
          labels,
          annotations: rotateBy === undefined ? undefined : { [ANNOTATION_ROTATE_BY]: rotateBy },
        }),
      },
      spec,
    },
    // kubectl reads YAML 1.1, where `off` is no text.
    { lineWidth: 0, compat: 'yaml-1.1' },
  );
}
