/**
 * Builds the pages of the console into `dist/console/`, with compressed twins beside the files, and says how much the first page loads.
 * Fails when that is more than it may be, in bytes or files, or when a page would run inline code.
 */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { chunksOfEntry, chunksOfFirstPage, type BuiltFile } from '../src/console/web/vite.config.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'dist/console');
/** Of the first page by gzip: a second on a slow line. */
const mostFirstBytes = 250 * 1024;
/** Its code, its texts, and a style sheet for each module that has one. */
const mostFirstFiles = 12;
const worthCompressing = /\.(?:js|css|html|svg)$/;

// A test's own word for its environment would bring the libraries' development builds.
process.env['NODE_ENV'] = 'production';
const config = { configFile: join(root, 'src/console/web/vite.config.ts'), logLevel: 'warn' } as const;
/** Which code the first page needs is known only when everything unused has been left out, so a draft is built first. */
const draft = await build({ ...config, build: { write: false } });
const ofEntry = modulesOf(chunksOfEntry(filesOf(draft)));
const ofFirstPage = modulesOf(chunksOfFirstPage(filesOf(draft)));
/** What the entry needs to ask for the code and the texts at the same time: with the code it would wait for that before it asks for the texts. */
const start = { name: 'start', test: (id: string) => ofEntry.has(id) };
/** The rest of its code is one file. Else each set of modules that other pages share with it would be one: some eighty requests. */
const firstPage = { name: 'first-page', test: (id: string) => ofFirstPage.has(id) && !ofEntry.has(id) };
const codeSplitting = { groups: [start, firstPage], includeDependenciesRecursively: false };
const built = await build({ ...config, build: { rolldownOptions: { output: { codeSplitting } } } });

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
  statSync(join(folder, path)).isFile(),
);
const gzipped = new Map<string, number>();
for (const path of files) {
  const bytes = readFileSync(join(folder, path));
  if (!worthCompressing.test(path)) continue;
  const gzip = gzipSync(bytes, { level: 9 });
  gzipped.set(path, gzip.length);
  writeFileSync(join(folder, `${path}.gz`), gzip);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  writeFileSync(join(folder, `${path}.br`), brotliCompressSync(bytes, { params }));
}

const html = readFileSync(join(folder, 'index.html'), 'utf8');
if (/<script(?![^>]*\ssrc=)[^>]*>|<style|\son[a-z]+=/i.test(html)) throw new Error('index.html has inline code');
// The entry asks for the texts, so the page does not name them.
const englishTexts = filesOf(built).filter(isEnglishTexts);
if (englishTexts.length === 0) throw new Error('the first English texts have no file of their own');
const first = new Set([
  ...[...html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+)"/g)].map(([, path = '']) => path),
  ...englishTexts.map(({ fileName }) => fileName),
]);
const firstBytes = ['index.html', ...first].reduce((sum, path) => sum + (gzipped.get(path) ?? 0), 0);
const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
for (const [path, bytes] of [...gzipped].sort(([, a], [, b]) => b - a).slice(0, 12))
  process.stdout.write(`  ${kib(bytes).padStart(10)}  ${path}${first.has(path) ? '  (first page)' : ''}\n`);
process.stdout.write(
  `first page: ${kib(firstBytes)} by gzip, of at most ${kib(mostFirstBytes)}, in ${String(first.size)} files\n`,
);
if (firstBytes > mostFirstBytes)
  throw new Error(`the first page loads ${kib(firstBytes)}, more than ${kib(mostFirstBytes)}`);
if (first.size > mostFirstFiles)
  throw new Error(`the first page loads ${String(first.size)} files, more than ${String(mostFirstFiles)}`);

function modulesOf(chunks: ReturnType<typeof chunksOfFirstPage>): ReadonlySet<string> {
  return new Set(chunks.flatMap(({ moduleIds }) => moduleIds));
}

function filesOf(built: Awaited<ReturnType<typeof build>>): readonly BuiltFile[] {
  return Array.isArray(built) || !('output' in built) ? [] : built.output;
}

function isEnglishTexts(file: BuiltFile): boolean {
  return file.type === 'chunk' && file.moduleIds.some((id) => id.endsWith('/texts/en/shell.ts'));
}
