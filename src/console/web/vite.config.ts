/** Bundles the pages into `dist/console/`: no inline code and no inline styles, so that the policy of the server allows neither. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const inRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export default defineConfig({
  root: inRoot('src/console/web'),
  build: {
    outDir: inRoot('dist/console'),
    emptyOutDir: true,
    target: 'es2024',
    // Vite would put small files into the code as data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      onLog: (level, log, handler) => {
        // The component library marks its files for servers that render; there is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handler(level, log);
      },
    },
  },
});
