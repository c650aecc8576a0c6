/** The browser of the tests. `NEURO_TEST_CHROMIUM` names another one. */
import { findTool } from '../../tools/devcluster/node/node-packages.ts';
import { systemTool } from '../support/system-tool.ts';

/**
 * `shell`: where it is installed, Chromium's headless shell, which draws the same pages and takes a fifth less of a processor, half of it at the
 * start. It has no notifications.
 */
export type BrowserKind = 'whole' | 'shell';

/** Its path. */
export async function browserProgram(kind: BrowserKind): Promise<string> {
  const shell = kind === 'shell' ? findTool('chromium-headless-shell') : undefined;
  return process.env['NEURO_TEST_CHROMIUM'] ?? shell ?? (await systemTool('chromium', 'chromium'));
}
