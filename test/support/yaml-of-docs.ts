/** The YAML that a page of docs/ shows, so that a test applies what people copy. */
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';

/** Objects of the first block of YAML after that heading, whose text it must be in full. */
export async function yamlOfDocs(page: string, heading: string): Promise<readonly object[]> {
  const text = await readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const [, section] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const block = /^```yaml\n([\s\S]*?)^```$/m.exec(section ?? '')?.[1];
  if (block === undefined) throw new Error(`docs/${page} shows no YAML below '${heading}'`);
  return parseAllDocuments(block).map((document) => document.toJS() as object);
}
