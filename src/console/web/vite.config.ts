/** Bundles the pages into `dist/console/`: no inline code and no inline styles, so that the policy of the server allows neither. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type HtmlTagDescriptor, type Plugin, type Rolldown } from 'vite';

export type BuiltFile = Rolldown.OutputChunk | Rolldown.OutputAsset;

const inRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/**
 * The entry imports the code and the texts, both when it runs. The page itself names the code and its styles, so that the browser
 * fetches them at once; which texts it needs, only the entry knows.
 */
const preloadMain: Plugin = {
  name: 'preload-main',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { bundle = {} }) => {
      const found = chunksOfFirstPage(Object.values(bundle));
      const scripts = found.map(({ fileName }) => fileName).filter((name) => !html.includes(name));
      const styles = new Set(found.flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]));
      return [
        ...scripts.map((name) => linkTo('modulepreload', name)),
        ...[...styles].filter((name) => !html.includes(name)).map((name) => linkTo('stylesheet', name)),
      ];
    },
  },
};

/** That of `main.tsx` and those that it imports, directly or not, as soon as it is loaded. */
export function chunksOfFirstPage(files: readonly BuiltFile[]): readonly Rolldown.OutputChunk[] {
  return chunksFrom(({ facadeModuleId }) => facadeModuleId?.endsWith('/web/main.tsx') === true, files);
}

/** Those that the entry imports, directly or not. Not its own: it waits for code that imports these. */
export function chunksOfEntry(files: readonly BuiltFile[]): readonly Rolldown.OutputChunk[] {
  return chunksFrom(({ isEntry }) => isEntry, files).filter(({ isEntry }) => !isEntry);
}

function chunksFrom(
  isFirst: (chunk: Rolldown.OutputChunk) => boolean,
  files: readonly BuiltFile[],
): readonly Rolldown.OutputChunk[] {
  const chunks = new Map(files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])));
  const first = [...chunks.values()].find(isFirst);
  if (first === undefined) throw new Error('the page has no entry, or no main.tsx');
  const found = new Set([first]);
  for (const { imports } of found)
    for (const name of imports) {
      const chunk = chunks.get(name);
      if (chunk !== undefined) found.add(chunk);
    }
  return [...found];
}

function linkTo(rel: string, name: string): HtmlTagDescriptor {
  return { tag: 'link', attrs: { rel, crossorigin: true, href: `/${name}` }, injectTo: 'head' };
}

export default defineConfig({
  root: inRoot('src/console/web'),
  plugins: [preloadMain],
  build: {
    outDir: inRoot('dist/console'),
    emptyOutDir: true,
    target: 'es2024',
    // Vite would put small files into the code as data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The first page has its size measured by gzip, in scripts/build-console.ts.
    chunkSizeWarningLimit: Infinity,
    rolldownOptions: {
      // The entry files of the layers export more than a page uses; nothing in them happens by an import alone.
      treeshake: { moduleSideEffects: [{ test: /\/src\/(?:api|client|sealing)\//, sideEffects: false }] },
      onLog: (level, log, handler) => {
        // The component library marks its files for servers that render; there is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handler(level, log);
      },
    },
  },
});
