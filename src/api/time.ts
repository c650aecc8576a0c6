/** Times as the Kubernetes API writes them. Pure. */

/** RFC 3339 in UTC and whole seconds, as every `metav1.Time` is: `2027-01-31T18:00:00Z`. */
export function rfc3339(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
