/**
 * What a CRD of today takes away from a released one: a field, a value, a version, a column; or what it newly demands. Empty where
 * it only adds, so that every object of the release stays valid and readable.
 *
 * A rule (CEL), a limit or a required field that is new is a loss too, on what was there: an old object may not satisfy it. On a new
 * field it is not. A rule is known by the sentence with which it refuses, wherever it stands: one that is written another way to cost
 * less is the same rule, and the tables of test/cluster/crds-*.test.ts show that it refuses the same.
 */
export interface Crd {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly shortNames?: readonly string[];
      readonly categories?: readonly string[];
    };
    readonly versions: readonly CrdVersion[];
  };
}

interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources?: object;
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
  readonly additionalPrinterColumns?: readonly { readonly name: string; readonly jsonPath: string }[];
  readonly schema: { readonly openAPIV3Schema: Schema };
}

interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly fieldPath?: string;
}

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly 'x-kubernetes-validations'?: readonly Rule[];
  readonly [keyword: string]: unknown;
}

/** Upper limits may grow, lower ones shrink. */
const upper = ['maximum', 'maxLength', 'maxItems', 'maxProperties'];
const lower = ['minimum', 'minLength', 'minItems', 'minProperties'];
/** Must stay as they are, where they were. */
const fixed = ['type', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-int-or-string'];
/** The same, or gone. */
const restrictions = ['format', 'pattern'];

export function lossesOf(released: Crd, today: Crd): readonly string[] {
  const { names, group, scope } = released.spec;
  const now = today.spec;
  const losses = [
    ...changed('group', group, now.group),
    ...changed('scope', scope, now.scope),
    ...changed('kind', names.kind, now.names.kind),
    ...changed('plural', names.plural, now.names.plural),
    ...missing('short name', names.shortNames, now.names.shortNames),
    ...missing('category', names.categories, now.names.categories),
  ];
  for (const version of released.spec.versions) {
    const other = now.versions.find(({ name }) => name === version.name);
    if (other === undefined || (version.served && !other.served)) losses.push(`version ${version.name} is not served`);
    else losses.push(...lossesOfVersion(version, other));
  }
  return losses;
}

function lossesOfVersion(released: CrdVersion, today: CrdVersion): readonly string[] {
  const paths = (fields: CrdVersion['selectableFields']): readonly string[] =>
    (fields ?? []).map(({ jsonPath }) => jsonPath);
  const columns = (version: CrdVersion): readonly string[] =>
    (version.additionalPrinterColumns ?? []).map(({ name, jsonPath }) => `${name} ${jsonPath}`);
  return [
    ...missing('subresource', Object.keys(released.subresources ?? {}), Object.keys(today.subresources ?? {})),
    ...missing('selectable field', paths(released.selectableFields), paths(today.selectableFields)),
    ...missing('column', columns(released), columns(today)),
    ...lossesOfSchema(released.schema.openAPIV3Schema, today.schema.openAPIV3Schema, ''),
    ...missing(
      'a new rule:',
      sentencesOf(today.schema.openAPIV3Schema, released.schema.openAPIV3Schema),
      sentencesOf(released.schema.openAPIV3Schema),
    ),
  ];
}

function lossesOfSchema(released: Schema, today: Schema, at: string): readonly string[] {
  const where = at === '' ? 'the object' : at;
  const losses = [
    ...fixed.flatMap((keyword) => changed(`${where}: ${keyword}`, released[keyword], today[keyword])),
    ...restrictions.flatMap((keyword) =>
      today[keyword] === undefined ? [] : changed(`${where}: ${keyword}`, released[keyword], today[keyword]),
    ),
    ...upper.flatMap((keyword) =>
      tightened(`${where}: ${keyword}`, released[keyword], today[keyword], (was, is) => is < was),
    ),
    ...lower.flatMap((keyword) =>
      tightened(`${where}: ${keyword}`, released[keyword], today[keyword], (was, is) => is > was),
    ),
    ...(released.default === undefined ? [] : changed(`${where}: default`, released.default, today.default)),
    ...missing(`${where}: value`, released.enum, today.enum ?? released.enum),
    ...(released.enum === undefined && today.enum !== undefined ? [`${where}: values are listed now`] : []),
    ...missing(`${where}: is required now`, today.required, released.required),
  ];
  for (const [name, property] of Object.entries(released.properties ?? {})) {
    const other = today.properties?.[name];
    if (other === undefined) losses.push(`${at}.${name} is gone`);
    else losses.push(...lossesOfSchema(property, other, `${at}.${name}`));
  }
  for (const part of ['items', 'additionalProperties'] as const) {
    const [was, is] = [released[part], today[part]];
    if (was !== undefined && is === undefined) losses.push(`${where}: ${part} is gone`);
    if (was !== undefined && is !== undefined) losses.push(...lossesOfSchema(was, is, `${at}[]`));
  }
  return losses;
}

/** The sentences of all rules, each once; with `known`, only of those that stand on what is there. */
function sentencesOf(schema: Schema, known: Schema = schema): readonly string[] {
  const isAboutKnown = ({ fieldPath = '' }: Rule): boolean => {
    const [, field = ''] = fieldPath.split('.');
    return known.properties === undefined || field === '' || field in known.properties;
  };
  const own = (schema['x-kubernetes-validations'] ?? [])
    .filter(isAboutKnown)
    .map(({ rule, message = rule }) => message);
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const other = known.properties?.[name];
    return other === undefined ? [] : sentencesOf(property, other);
  });
  const nested = (['items', 'additionalProperties'] as const).flatMap((part) => {
    const [each, other] = [schema[part], known[part]];
    return each === undefined || other === undefined ? [] : sentencesOf(each, other);
  });
  return [...new Set([...own, ...inner, ...nested])];
}

function changed(what: string, was: unknown, is: unknown): readonly string[] {
  return JSON.stringify(was) === JSON.stringify(is) ? [] : [`${what} was ${text(was)} and is ${text(is)}`];
}

function tightened(
  what: string,
  was: unknown,
  is: unknown,
  isTighter: (was: number, is: number) => boolean,
): readonly string[] {
  if (typeof is !== 'number') return [];
  return typeof was === 'number' && !isTighter(was, is) ? [] : [`${what} was ${text(was)} and is ${text(is)}`];
}

function missing(what: string, wanted: readonly unknown[] = [], found: readonly unknown[] = []): readonly string[] {
  const there = new Set(found.map(text));
  return wanted
    .map(text)
    .filter((each) => !there.has(each))
    .map((each) => `${what} ${each}`);
}

function text(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
