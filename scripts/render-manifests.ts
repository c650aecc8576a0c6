/**
 * Writes what follows from the chart and the CRDs: manifests/install.yaml and manifests/admission.yaml, rendered with the chart's
 * defaults, and the chart's copy of crds/. `npm run manifests` writes them; a test compares.
 *
 * `--crds-only` (a part of `npm run generate`) copies the CRDs and needs no Helm. Rendered with the image `neuro-operator:dev`, which the development cluster has; `NEURO_IMAGE` names another, for a release.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { ensureTool } from '../tools/devcluster/index.ts';

const root = new URL('../', import.meta.url);
export const chartFolder = fileURLToPath(new URL('charts/neuro-operator', root));
const developmentImage = 'neuro-operator:dev';

const heads = {
  'manifests/install.yaml': `# The operator, its rights, and what people of the cluster may do with the resources.
# Apply crds/ first, then this file, then admission.yaml. Rendered from charts/neuro-operator by "npm run manifests".
`,
  'manifests/admission.yaml': `# Rendered from charts/neuro-operator by "npm run manifests".
`,
};

/** The rendered files by path from the root, as they ought to be. */
export async function renderManifests(image = developmentImage): Promise<ReadonlyMap<string, string>> {
  const [, repository = '', tag = ''] = /^(.+):([^:/]+)$/.exec(image) ?? [];
  if (tag === '') throw new Error(`the image ${image} is named with its tag, such as ${developmentImage}`);
  const values = ['crds.install=false', 'namespace.create=true', `image.repository=${repository}`, `image.tag=${tag}`];
  const operator = await template([...values, 'admission.install=false']);
  const admission = await template(['crds.install=false'], ['--show-only', 'templates/admission.yaml']);
  const files = new Map<string, string>();
  files.set('manifests/install.yaml', await plainYaml(heads['manifests/install.yaml'] + operator));
  files.set('manifests/admission.yaml', await plainYaml(heads['manifests/admission.yaml'] + admission));
  return files;
}

/** The chart's copies of the CRDs: it is packed without what lies outside of its folder, and links do not survive everywhere. */
export async function copyCrds(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(new URL('crds/', root))).filter((name) => name.endsWith('.yaml'));
  const texts = names.map(
    async (name) =>
      [`charts/neuro-operator/files/crds/${name}`, await readFile(new URL(`crds/${name}`, root), 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}

async function template(values: readonly string[], flags: readonly string[] = []): Promise<string> {
  const set = values.flatMap((value) => ['--set', value]);
  const args = ['template', 'neuro-operator', chartFolder, '--namespace', 'neuro-system', ...set, ...flags];
  const { stdout } = await promisify(execFile)(await ensureTool('helm'), args);
  return stdout;
}

/** Without what only says that Helm did it. */
async function plainYaml(text: string): Promise<string> {
  const lines = text
    .split('\n')
    .filter((line) => !/^# Source: |^ *(helm\.sh\/chart|app\.kubernetes\.io\/managed-by):/.test(line));
  const joined = lines
    .join('\n')
    .replace(/\n+---\n/g, '\n---\n')
    .replace(/^((?:#.*\n)*)---\n/, '$1');
  return format(joined, { ...(await resolveConfig(fileURLToPath(new URL('package.json', root)))), parser: 'yaml' });
}

if (import.meta.main) {
  const rendered = process.argv.includes('--crds-only') ? [] : await renderManifests(process.env['NEURO_IMAGE']);
  for (const [path, text] of [...(await copyCrds()), ...rendered]) {
    await writeFile(new URL(path, root), text);
    console.log(`wrote ${path}`);
  }
}
