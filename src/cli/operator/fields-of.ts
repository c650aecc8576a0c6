/** The names of all fields in a schema, as paths (`spec.sealed.value`), sorted: enough to tell one version from another. */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

export function fieldsOf(schema: Schema): readonly string[] {
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => name === 'spec' || name === 'status')
    .flatMap(([name, part]) => pathsOf(part, name))
    .sort();
}

function pathsOf(schema: Schema, path: string): readonly string[] {
  const parts = Object.entries(schema.properties ?? schema.items?.properties ?? {});
  return [path, ...parts.flatMap(([name, part]) => pathsOf(part, `${path}.${name}`))];
}
