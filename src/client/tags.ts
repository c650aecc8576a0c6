/** Labels that people gave an object, as short tags; those of tools and of Kubernetes are none. Pure. */
import type { ObjectMeta } from '../api/index.ts';

/** Prefixes (`domain/`) belong to tools; people write `team: reports`. */
export function tagsOf({ labels = {} }: Pick<ObjectMeta, 'labels'>): readonly string[] {
  return Object.entries(labels)
    .filter(([name]) => !name.includes('/'))
    .map(([name, value]) => (value === '' || value === 'true' ? name : `${name}=${value}`))
    .sort();
}
