/** Bundles the operator into `dist/operator.mjs`: one file, no node_modules at run time, so the image stays small and starts fast. */
import { build } from 'esbuild';

await build({
  entryPoints: { operator: 'src/operator/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  legalComments: 'none',
  sourcemap: false,
  // Bundled CommonJS packages call require; an ES module has none of its own.
  banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
  logLevel: 'warning',
});
