/** The command as a process, with the kubeconfig of a user of a test cluster. */
import { execFile } from 'node:child_process';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { entries } from './built-entry.ts';

export interface SourceCliResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

interface SourceCliOptions {
  readonly cwd?: string;
  /** Of its standard input. */
  readonly input?: string;
}

export function sourceCli(cluster: DevCluster, user: string, { cwd, input = '' }: SourceCliOptions = {}) {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: cluster.kubeconfigPath(user) };
  return (...args: readonly string[]): Promise<SourceCliResult> =>
    new Promise((resolve) => {
      const words = ['--disable-warning=ExperimentalWarning', entries.neuro, ...args];
      const options = { env, ...(cwd === undefined ? {} : { cwd }) };
      execFile(process.execPath, words, options, (failed, out, error) =>
        resolve({ code: failed === null ? 0 : Number(failed.code), out, error }),
      ).stdin?.end(input);
    });
}
