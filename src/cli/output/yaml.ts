/**
 * YAML as it is printed: long lines stay whole, and what `visible` would show stands as an escape between double quotes, so
 * the document says the same. In a module of its own, so that it is loaded only when it is wanted.
 */
import { Document, isScalar, visit } from 'yaml';
import { hidesSomething, visibleLines } from './visible.ts';

export function toYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && hidesSomething(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return visibleLines(document.toString({ lineWidth: 0 }));
}
