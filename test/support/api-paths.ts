/** Where the API server has objects, by their kinds: of ours, and of Kubernetes itself. */

export interface ObjectOfKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Of all objects of that kind, in that namespace. */
export function collectionOf({ apiVersion, kind, metadata: { namespace } }: ObjectOfKind): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${pluralOf(kind)}`;
}

export function pathOf(object: ObjectOfKind): string {
  return `${collectionOf(object)}/${object.metadata.name}`;
}

function pluralOf(kind: string): string {
  return `${kind.toLowerCase()}s`.replace(/ys$/, 'ies');
}
