/** The name of a subject of RBAC as one text. */
export function rbacName({
  kind,
  name,
  namespace,
}: {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}): string {
  return kind === 'ServiceAccount' ? `${kind}/${namespace ?? ''}/${name}` : `${kind}/${name}`;
}
