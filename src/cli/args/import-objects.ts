/**
 * Secrets out of Kubernetes objects as `kubectl get -o yaml` prints them, in YAML or JSON, one, several, or a List:
 * native Secrets, and the SealedSecrets of sealed-secrets, whose values stay sealed.
 *
 * A SealedSecret of the scope `strict` is bound to its own name, and a UserSecret holds one value, so only one of its
 * values can be taken over; the wider scopes have no such bound. Promise: a problem never repeats a value.
 */
import {
  FORMER_VALUE_TYPE,
  NEXT_VALUE_TYPE,
  SECRET_TYPES,
  TLS_TYPE,
  isObjectName,
  keyProblem,
  objectNameForKey,
  ownValue,
  type UserSecretSealedScope,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { parseYamlDocuments } from '../../kernel/index.ts';
import { CliError } from '../errors.ts';
import type { ImportItem, ImportProblem, ImportRead } from './import-item.ts';
import { yamlFaultInLine } from './yaml-fault.ts';

/** The part of a native Secret that this file reads. */
export interface NativeObject {
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, unknown>>;
    readonly labels?: Readonly<Record<string, unknown>>;
  };
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly stringData?: Readonly<Record<string, unknown>> | null;
  readonly items?: readonly NativeObject[];
  readonly spec?: {
    readonly encryptedData?: Readonly<Record<string, unknown>> | null;
    /** The form of long ago: all values sealed as one. */
    readonly data?: unknown;
    readonly template?: {
      readonly type?: string;
      readonly immutable?: boolean;
      readonly data?: Readonly<Record<string, unknown>> | null;
    } | null;
  };
}

/** Credentials of the cluster itself, which are nobody's own. */
const ofTheCluster = /^(kubernetes\.io\/service-account-token|bootstrap\.kubernetes\.io\/token|helm\.sh\/)/;

/** Whether a text reads like objects rather than like a `.env` file. */
export function looksLikeObjects(text: string): boolean {
  return /^\s*\{/.test(text) || (/^\s*"?kind"?\s*:/m.test(text) && /^\s*"?apiVersion"?\s*:/m.test(text));
}

export async function parseObjects(text: string): Promise<readonly NativeObject[]> {
  const documents = await parseYamlDocuments(text);
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    throw new CliError(
      'illegalArgument',
      `The text is not valid YAML: ${yamlFaultInLine(error)}. Nothing was imported.`,
    );
  }
  return documents.flatMap((document) => flat(document.toJS() as NativeObject | null));
}

function flat(object: NativeObject | null): readonly NativeObject[] {
  if (object === null || typeof object !== 'object') return [];
  return Array.isArray(object.items) ? object.items.flatMap(flat) : [object];
}

export function readObjects(objects: readonly NativeObject[]): ImportRead {
  const namespaces = new Set(objects.map(({ metadata }) => metadata?.namespace));
  const reads = objects.map((object) => readObject(object, namespaces.size > 1));
  return {
    items: reads.flatMap(({ items }) => items),
    problems: reads.flatMap(({ problems }) => problems),
    notes: reads.flatMap(({ notes }) => notes),
  };
}

function readObject(object: NativeObject, withNamespace: boolean): ImportRead {
  const { name: ownName = '', namespace } = object.metadata ?? {};
  const name = withNamespace && namespace !== undefined ? `${namespace}/${ownName}` : ownName;
  switch (object.kind) {
    case 'Secret':
      return readNative(object, `Secret/${name}`);
    case 'SealedSecret':
      return readSealed(object, `SealedSecret/${name}`);
    default:
      return refused(`${object.kind ?? 'object'}/${name}`, 'only a Secret or a SealedSecret can be imported');
  }
}

function readNative(object: NativeObject, where: string): ImportRead {
  const type = object.type ?? 'Opaque';
  if (type === NEXT_VALUE_TYPE) return refused(where, 'it is a value that the operator keeps for a secret');
  if (type === FORMER_VALUE_TYPE) return refused(where, 'it is a former value that the operator keeps of a secret');
  if (ofTheCluster.test(type)) return refused(where, `its type ${type} is for credentials of the cluster itself`);
  const values = new Map<string, Uint8Array | string>();
  for (const [key, encoded] of Object.entries(object.data ?? {})) values.set(key, decoded(encoded));
  for (const [key, text] of Object.entries(object.stringData ?? {}))
    values.set(key, typeof text === 'string' ? Buffer.from(text, 'utf8') : 'the value is not text');
  const results = [...values].map(([key, value]): ImportItem | ImportProblem => {
    const problem = problemOf(key, value);
    if (problem !== undefined || typeof value === 'string') return { where: `${where} ${key}`, why: problem ?? '' };
    const source = { bytes: value };
    const kind = typeOf(object, type, key, values.size);
    return { key, where: `${where} ${key}`, source, ...originOf(object), fromType: type, ...kind };
  });
  return sorted(where, results, notesAbout(where, type, [...values.keys()], object.immutable === true));
}

function readSealed(object: NativeObject, where: string): ImportRead {
  const scope = scopeOf(object);
  const { name, namespace } = object.metadata ?? {};
  const values = Object.entries(object.spec?.encryptedData ?? {});
  if (typeof object.spec?.data === 'string')
    return refused(
      where,
      'its values are sealed as one text (spec.data, the old form); import the native Secret that it makes',
    );
  if (namespace === undefined && scope !== 'cluster-wide')
    return refused(where, `it names no namespace, and its scope is ${scope}`);
  if (scope === 'strict' && values.length > 1)
    return refused(
      where,
      `its scope is strict, which binds its ${values.length} values to its one name; import it after ` +
        '`kubeseal --scope namespace-wide`, or import the native Secret that it makes',
    );
  const type = object.spec?.template?.type ?? 'Opaque';
  const results = values.map(([key, value]): ImportItem | ImportProblem => {
    const problem =
      typeof value === 'string' ? problemOf(key, value === '' ? Buffer.alloc(0) : undefined) : 'the value is not text';
    if (problem !== undefined || typeof value !== 'string') return { where: `${where} ${key}`, why: problem ?? '' };
    const bound = {
      ...(scope === 'cluster-wide' || namespace === undefined ? {} : { namespace }),
      ...(scope === 'strict' && name !== undefined ? { name } : {}),
    };
    const source = { sealed: value, scope, ...bound };
    return { key, where: `${where} ${key}`, source, ...originOf(object), ...typeOf(object, type, key, values.length) };
  });
  return sorted(
    where,
    [...results, ...templatesIn(object, where)],
    notesAbout(
      where,
      type,
      values.map(([key]) => key),
      object.spec?.template?.immutable === true,
    ),
  );
}

/** A text that sealed-secrets fills in with the values; its language is another than that of a UserSecret's template. */
function templatesIn({ spec }: NativeObject, where: string): readonly ImportProblem[] {
  return Object.keys(spec?.template?.data ?? {}).map((key) => ({
    where: `${where} ${key}`,
    why: 'it is a template (spec.template.data), which is not taken over; write it as spec.template of a UserSecret, or import the native Secret that it makes',
  }));
}

/** Annotations of the object itself; `cluster-wide` wins, as in sealed-secrets. */
function scopeOf({ metadata }: NativeObject): UserSecretSealedScope {
  const isOn = (scope: string): boolean => metadata?.annotations?.[`sealedsecrets.bitnami.com/${scope}`] === 'true';
  return isOn('cluster-wide') ? 'cluster-wide' : isOn('namespace-wide') ? 'namespace-wide' : 'strict';
}

function decoded(encoded: unknown): Uint8Array | string {
  if (typeof encoded !== 'string') return 'the value is not text';
  const compact = encoded.replace(/\s+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  return bytes.toString('base64') === compact ? bytes : 'the value is not base64';
}

function problemOf(key: string, value: Uint8Array | string | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value?.length === 0) return 'the value is empty; a secret holds at least one byte';
  return keyProblem(key);
}

/**
 * Types fix their keys, so such a secret has the name of its Secret, and of several values the key behind it. A key that its
 * type does not know, and a type that cannot be kept, become Opaque.
 */
function typeOf(
  { metadata }: NativeObject,
  type: string,
  key: string,
  count: number,
): Pick<ImportItem, 'type' | 'name'> {
  const keys = type === TLS_TYPE ? undefined : ownValue<readonly string[] | undefined>(SECRET_TYPES, type);
  if (keys?.includes(key) !== true) return {};
  const name = metadata?.name ?? '';
  const own = count === 1 ? name : `${name}-${key}`;
  return { type: type, name: isObjectName(own) ? own : objectNameForKey(key) };
}

function originOf({ metadata }: NativeObject): Pick<ImportItem, 'from'> {
  return defined({ from: metadata?.name });
}

/** What of an object is not taken over, while its values are. */
function notesAbout(where: string, type: string, keys: readonly string[], isImmutable: boolean): readonly string[] {
  const known = type === TLS_TYPE ? undefined : ownValue<readonly string[] | undefined>(SECRET_TYPES, type);
  const foreign = known === undefined || known.length === 0 ? [] : keys.filter((key) => !known.includes(key));
  return [
    ...(!Object.hasOwn(SECRET_TYPES, type) || type === TLS_TYPE
      ? [`${where}: its type ${type} needs several keys in one Secret; they become secrets of the type Opaque.`]
      : []),
    ...(foreign.length === 0
      ? []
      : [`${where}: its type ${type} has no key ${foreign.join(', ')}, so that becomes a secret of the type Opaque.`]),
    ...(isImmutable ? [`${where}: it is immutable; the Secret of a UserSecret can be changed.`] : []),
  ];
}

function sorted(where: string, results: readonly (ImportItem | ImportProblem)[], notes: readonly string[]): ImportRead {
  if (results.length === 0) return refused(where, 'there is no value in it');
  return {
    items: results.flatMap((result) => ('key' in result ? [result] : [])),
    problems: results.flatMap((result) => ('why' in result ? [result] : [])),
    notes,
  };
}

function refused(where: string, why: string): ImportRead {
  return { items: [], problems: [{ where, why }], notes: [] };
}
