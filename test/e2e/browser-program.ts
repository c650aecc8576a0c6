/** The browser of the tests. `NEURO_TEST_CHROMIUM` names another one. */
import { systemTool } from '../support/system-tool.ts';

/**
 * `shell`: Chromium's headless shell, which draws the same pages and takes a fifth less of a processor, half of it at the start. It has no
 * notifications. Where it cannot be installed, it is the whole one.
 */
export type BrowserKind = 'whole' | 'shell';

const found = new Map<BrowserKind, Promise<string>>();

/** Its path. Looked for once, and installed on Debian. */
export async function browserProgram(kind: BrowserKind): Promise<string> {
  const path = found.get(kind) ?? find(kind);
  found.set(kind, path);
  return path;
}

async function find(kind: BrowserKind): Promise<string> {
  const named = process.env['NEURO_TEST_CHROMIUM'];
  if (named !== undefined) return named;
  const whole = (): Promise<string> => systemTool('chromium', 'chromium');
  return kind === 'whole' ? whole() : systemTool('chromium-headless-shell', 'chromium-headless-shell').catch(whole);
}
