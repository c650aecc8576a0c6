import type { KubeObject } from './objects.ts';

/**
 * Describes one kind of object: where it lives on the API server, and (by `T`) what it looks like.
 * `confidential`: values are in its body, so errors about it carry no text of the server's.
 */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly confidential?: boolean;
  /** Never set; carries the object's type. */
  readonly object?: T;
}

export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** The path of a collection or, with `name`, of an object or one of its subresources. */
export function pathOf(
  type: ResourceType,
  target: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: string } = {},
): string {
  const segments = [
    ...(type.group === '' ? ['api', type.version] : ['apis', type.group, type.version]),
    ...(type.namespaced && target.namespace !== undefined ? ['namespaces', target.namespace] : []),
    type.plural,
    ...(target.name === undefined ? [] : [target.name]),
    ...(target.subresource === undefined ? [] : [target.subresource]),
  ];
  return `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;
}
