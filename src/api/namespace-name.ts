/** The names that Kubernetes takes for a namespace (RFC 1123 labels). Pure. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export function isNamespaceName(text: string): boolean {
  return NAMESPACE.test(text);
}
