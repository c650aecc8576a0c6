/** docs/security.md says which test shows what, and why the operator has which right: both must be so. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');
const page = (await read('docs/security.md')).replaceAll(/^```[\s\S]*?^```$/gm, '');

/** Titles in quotes after the name of a file, up to the next file or the end of the cell or sentence. */
const named = [
  ...page.matchAll(/`([a-z0-9/-]+\.test\.ts)`(?::)?([^`|]*(?:`(?![a-z0-9/-]+\.test\.ts)[^`]*`[^`|]*)*)/g),
].flatMap(([, file = '', text = '']) =>
  [...text.matchAll(/"([^"]+)"/g)].map(([, title = '']) => [file, title] as const),
);

describe('a test that docs/security.md names', () => {
  it('is one of many', () => {
    expect(named.length).toBeGreaterThan(50);
  });

  /** In the file, or in the table of cases beside it. */
  it.each(named)('exists: %s "%s"', async (file, title) => {
    const beside = new URL(`test/${file.replace('.test.ts', '-cases.ts')}`, root);
    const source = `${await read(`test/${file}`)}${existsSync(beside) ? await readFile(beside, 'utf8') : ''}`;
    const words = title.replaceAll(/\s+/g, ' ');
    const isTitle = ['"', "'", '`'].some((quote) => source.includes(`${quote}${words}`));
    expect(isTitle).toBe(true);
  });
});

describe('the rights of the operator', () => {
  interface Role {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly rules?: readonly {
      readonly apiGroups: readonly string[];
      readonly resources: readonly string[];
      readonly verbs: readonly string[];
    }[];
  }
  const nameOf = (resource: string, group: string): string => {
    const [plural = '', sub] = resource.split('/');
    const full = group === '' ? plural : `${plural}.${group}`;
    return sub === undefined ? full : `${full}/${sub}`;
  };

  it('are in the table as they are in the manifest, rule by rule', async () => {
    const documents = parseAllDocuments(await read('manifests/install.yaml')).map((each) => each.toJS() as Role | null);
    const rules = documents
      .filter((each) => each !== null)
      .filter(({ kind, metadata }) => /^(Cluster)?Role$/.test(kind) && metadata.name === 'neuro-operator')
      .flatMap(({ rules: list = [] }) => list)
      .map(
        ({ apiGroups, resources, verbs }) =>
          `${resources.map((each) => nameOf(each, apiGroups[0] ?? '')).join(', ')} | ${verbs.join(', ')}`,
      );
    const section = page.slice(page.indexOf('## The operator'));
    const rows = [...section.matchAll(/^\| (`[^|]+`) \| ([a-z, ]+) \|/gm)].map(
      ([, resources = '', verbs = '']) => `${resources.replaceAll('`', '')} | ${verbs}`,
    );
    expect(rows.toSorted()).toEqual(rules.toSorted());
  });
});
