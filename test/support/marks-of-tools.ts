/** Labels and annotations by which tools know what is theirs: copied on, they would make the tool prune what is not in git. */
import type { KubeJson } from './in-cluster.ts';

const foreign =
  /^(app\.kubernetes\.io\/|argocd\.argoproj\.io\/|helm\.sh\/|meta\.helm\.sh\/|kustomize\.toolkit\.fluxcd\.io\/|helm\.toolkit\.fluxcd\.io\/|kubectl\.kubernetes\.io\/last-applied-configuration)/;

/** `Kind/name mark` of each that the object carries. */
export function marksOfTools({ kind, metadata }: KubeJson): readonly string[] {
  const names = [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})];
  return names.filter((name) => foreign.test(name)).map((name) => `${kind}/${metadata.name} ${name}`);
}
