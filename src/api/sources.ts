/** Where the value of a UserSecret can come from: the fields of its spec of which it has exactly one. */
import type { UserSecretSpec } from './v1/user-secret.ts';

export const USER_SECRET_SOURCES = [
  'sealed',
  'value',
  'valueBase64',
  'generate',
  'secretKeyRef',
  'configMapKeyRef',
  'template',
  'sharedFrom',
] as const satisfies readonly (keyof UserSecretSpec)[];
export type SourceKind = (typeof USER_SECRET_SOURCES)[number];

/** A merge patch that takes every source away; the new one is put over it. */
export const NO_SOURCE = {
  sealed: null,
  value: null,
  valueBase64: null,
  generate: null,
  secretKeyRef: null,
  configMapKeyRef: null,
  template: null,
  sharedFrom: null,
} as const satisfies Readonly<Record<SourceKind, null>>;

/** Of a value that is not given in the object: what makes it, as in "Secret 'x' follows …". Undefined for a given value. */
export function madeBy({
  generate,
  secretKeyRef,
  configMapKeyRef,
  template,
  sharedFrom,
}: UserSecretSpec): string | undefined {
  if (generate !== undefined) return 'is generated';
  if (secretKeyRef !== undefined) return `follows the Secret '${secretKeyRef.name}'`;
  if (configMapKeyRef !== undefined) return `follows the ConfigMap '${configMapKeyRef.name}'`;
  if (template !== undefined) return `is composed of ${template.parts.map(({ secret }) => `'${secret}'`).join(', ')}`;
  if (sharedFrom !== undefined) return `is a copy of secret:/${sharedFrom.namespace}/${sharedFrom.name}`;
  return undefined;
}
