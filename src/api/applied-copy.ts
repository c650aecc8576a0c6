/**
 * The copy of an object that `kubectl apply` keeps in an annotation. The copy of a UserSecret with a plain value holds this value. It stays there
 * when another program replaces the value, so the command and the console remove it when they do that. Pure.
 */
import type { ObjectMeta } from './object-meta.ts';

export const ANNOTATION_LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** For a merge patch of the annotations. Empty if there is no copy, or none with a value: kubectl compares with the others. */
export function withoutAppliedValue({ annotations }: Pick<ObjectMeta, 'annotations'>): Readonly<Record<string, null>> {
  return hasAppliedValue({ annotations }) ? { [ANNOTATION_LAST_APPLIED]: null } : {};
}

/** Whether such a copy holds a plain value. */
export function hasAppliedValue({
  annotations,
}: {
  readonly annotations?: ObjectMeta['annotations'] | undefined;
}): boolean {
  const copy = annotations?.[ANNOTATION_LAST_APPLIED];
  return copy !== undefined && holdsValue(copy);
}

function holdsValue(copy: string): boolean {
  try {
    const { spec } = JSON.parse(copy) as { readonly spec?: Readonly<Record<string, unknown>> };
    return spec?.['value'] !== undefined || spec?.['valueBase64'] !== undefined;
  } catch {
    // kubectl cannot read it either.
    return true;
  }
}
