/**
 * Writes src/api/v1/*.ts from crds/*.yaml, the one source of the API's types. `npm run generate` writes them;
 * test/api/generated-types.test.ts compares them, so that a CRD and its types cannot drift.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';

const ROOT = new URL('../', import.meta.url);
const CRDS: Readonly<Record<string, string>> = {
  'crds/usersecrets.yaml': 'src/api/v1/user-secret.ts',
  'crds/secretgrants.yaml': 'src/api/v1/secret-grant.ts',
  'crds/neurojobs.yaml': 'src/api/v1/neuro-job.ts',
  'crds/neuroschedules.yaml': 'src/api/v1/neuro-schedule.ts',
};
/** Shapes that several kinds share are written by hand once, and recognised by the field that holds them. */
const SHARED: Readonly<Record<string, string>> = {
  metadata: 'ObjectMeta',
  conditions: 'Condition',
  fromSecret: 'SecretReference',
  imagePullSecret: 'SecretReference',
  imagePullSecrets: 'SecretReference',
};

interface Schema extends JSONSchema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}
interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** The generated files by path from the root, as they ought to be. */
export async function generateTypes(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [source, target] of Object.entries(CRDS)) {
    files.set(target, await typesOf(parse(await readFile(new URL(source, ROOT), 'utf8')) as Crd, source));
  }
  return files;
}

async function typesOf(crd: Crd, source: string): Promise<string> {
  const [version] = crd.spec.versions;
  if (version === undefined) throw new Error(`${source} has no version; one is expected.`);
  const kind = crd.spec.names.kind;
  const root = named(version.schema.openAPIV3Schema, kind, kind);
  const literals: Record<string, Schema> = {
    apiVersion: { tsType: `'${crd.spec.group}/${version.name}'` },
    kind: { tsType: `'${kind}'` },
  };
  const properties = { ...root.properties, ...literals };
  const code = await compile({ ...root, properties, required: ['metadata', 'spec'] }, kind, {
    additionalProperties: false,
    bannerComment: `/* Generated from ${source} by "npm run generate"; edit that file instead. */`,
    format: false,
    ignoreMinAndMaxItems: true,
  });
  const used = [...new Set(Object.values(SHARED))].filter((name) => code.includes(name)).sort();
  const imports = used.map((name) => `import type { ${name} } from '../${moduleOf(name)}.ts';`).join('\n');
  const withImports = code.replace(/^(\/\*.*\*\/\n)/, `$1${imports}\n`);
  const style = { ...(await resolveConfig(new URL('package.json', ROOT).pathname)), parser: 'typescript' };
  return format(readonlyCode(await format(withImports, style)), style);
}

/** Gives every object and enumeration a title, from which the name of its type comes. */
function named(schema: Schema, title: string, kind: string): Schema {
  if (schema['x-kubernetes-int-or-string'] === true) return { ...described(schema), tsType: 'number | string' };
  if (schema.enum !== undefined) return { ...described(schema), type: 'string', enum: schema.enum, title };
  if (schema.items !== undefined) {
    const items = named(schema.items, title.replace(/s$/, ''), kind);
    return { ...described(schema), type: 'array', items };
  }
  if (schema.properties === undefined) return schema;
  const properties: Record<string, Schema> = {};
  for (const [key, value] of Object.entries(schema.properties)) {
    const shared = SHARED[key];
    properties[key] =
      shared === undefined
        ? named(value, titleOf(title, key, kind), kind)
        : { ...described(value), tsType: value.type === 'array' ? `${shared}[]` : shared };
  }
  return { ...schema, properties, title };
}

/** `NeuroJobSpec` and `env` make `NeuroJobEnv`: the words Spec and Status only name the two halves. */
function titleOf(parent: string, key: string, kind: string): string {
  const base = parent === `${kind}Spec` || parent === `${kind}Status` ? kind : parent;
  return base + key.charAt(0).toUpperCase() + key.slice(1);
}

function described(schema: Schema): { description?: string } {
  return schema.description === undefined ? {} : { description: schema.description };
}

function moduleOf(name: string): string {
  return name === 'Condition' ? 'conditions' : name.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase();
}

/** Every property and every list readonly: objects from the store are never changed. */
function readonlyCode(code: string): string {
  return code
    .replace(/^( *)([A-Za-z][A-Za-z0-9]*\??:|\[k: string\]:)/gm, '$1readonly $2')
    .replace(/(?<=: )(\(.+\)|[\w.]+)\[\];$/gm, 'readonly $1[];');
}

if (import.meta.main) {
  for (const [path, text] of await generateTypes()) {
    await writeFile(new URL(path, ROOT), text);
    console.log(`wrote ${path}`);
  }
}
