/** YAML as it is printed: long lines stay whole. In a module of its own, so that it is loaded only when it is wanted. */
import { stringify } from 'yaml';

export function toYaml(document: unknown): string {
  return stringify(document, { lineWidth: 0 });
}
