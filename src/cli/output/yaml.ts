/**
 * YAML as it is printed: long lines stay whole, and what `visible` would show stands as an escape between double quotes, so
 * the document says the same. kubectl reads YAML 1.1, so a text that is something else there, such as `off`, stands between quotes. In a module of its own, so that it is loaded only when it is wanted.
 */
import { Document, isScalar, visit } from 'yaml';
import { hidesSomething, visibleLines } from './visible.ts';

export function toYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && hidesSomething(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return visibleLines(document.toString({ lineWidth: 0 }));
}
