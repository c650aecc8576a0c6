/** Writes src/cli/operator/known-fields.ts from crds/: what `neuro doctor` compares the cluster's own schema with. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { fieldsOf, type Schema } from '../src/cli/operator/fields-of.ts';

const target = fileURLToPath(new URL('../src/cli/operator/known-fields.ts', import.meta.url));

interface Crd {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

export function knownFieldsText(): string {
  const kinds = ['usersecrets', 'secretgrants', 'neurojobs', 'neuroschedules'].map((plural) => {
    const path = fileURLToPath(new URL(`../crds/${plural}.yaml`, import.meta.url));
    const { spec } = parse(readFileSync(path, 'utf8')) as Crd;
    const fields = fieldsOf(spec.versions[0]?.schema.openAPIV3Schema ?? {});
    return `  ${spec.names.kind}:\n    '${fields.join(' ')}',\n`;
  });
  return (
    '/** Made from crds/ by `npm run generate`: the fields that this version knows. */\n' +
    `export const knownFields = {\n${kinds.join('')}} as const;\n`
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(target, knownFieldsText());
