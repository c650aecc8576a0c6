/**
 * Three tiers: `unit` needs no cluster, `cluster` a real control plane, `e2e` a real node that runs Pods.
 *
 * Files run as Node runs them, without a compiler. The files of one process share its modules, and so a cluster: a test leaves nothing behind in them.
 */
import { defineConfig } from 'vitest/config';

/**
 * Ends a test or a hook that hangs. Tests share the processors with clusters, browsers and compilers, on machines whose speed varies: it is no
 * measure of theirs, and a file has a limit of its own only for what takes longer than this.
 */
const hangsAfterMs = 600_000;

const common = {
  pool: 'forks' as const,
  isolate: false,
  // With room for what lives for one test only, the collector of memory takes a tenth less of all processor time.
  execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=32'],
  // Modules are neither mocked nor tested in their own source, so no test file is parsed for that.
  experimental: { viteModuleRunner: false as const, nodeLoader: false },
  testTimeout: hangsAfterMs,
  hookTimeout: hangsAfterMs,
  // What a file has left open (a server, a browser) does not keep the others waiting.
  teardownTimeout: 1_000,
  sequence: { hooks: 'list' as const },
};

export default defineConfig({
  test: {
    // Of single tests, only those that fail are shown, and what they print.
    slowTestThreshold: Number.MAX_SAFE_INTEGER,
    silent: 'passed-only',
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/cluster/**', 'test/e2e/**'],
        },
      },
      { test: { ...common, name: 'cluster', include: ['test/cluster/**/*.test.ts'] } },
      { test: { ...common, name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
    ],
  },
});
