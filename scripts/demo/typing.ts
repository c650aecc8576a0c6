/** Lines as people type them in a shell, with `neuro` and kubectl in the path and their own kubeconfig. */
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import type { Answer } from './kubectl.ts';
import { Different, type Story } from './story.ts';

const bundle = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Typist {
  /** Any exit code. `isShown: false`: a look of the demo's own. */
  type(line: string, isShown?: boolean): Promise<Answer>;
  /** The output of a line that must succeed. */
  does(line: string): Promise<string>;
  /** The error of a line that must be refused with this exit code. */
  isRefused(line: string, code: number): Promise<string>;
}

export function typist(cluster: DevCluster, user: string, story: Story): Typist {
  const shell = `neuro() { "${process.execPath}" -- "${bundle}" "$@"; }`;
  const env = {
    ...process.env,
    PATH: `${dirname(cluster.kubectlPath)}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: cluster.kubeconfigPath(user),
  };
  const type = (line: string, isShown = true): Promise<Answer> => {
    if (isShown) story.typed(`${user}$ ${line}`);
    return new Promise((resolve, reject) => {
      const child = spawn('sh', ['-c', `${shell}; ${line}`], { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      let error = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 1, out, error }));
    });
  };
  return {
    type,
    does: async (line) => {
      const { code, out, error } = await type(line);
      if (code !== 0) throw new Different(`expected \`${line}\` to succeed, found ${String(code)}: ${error.trim()}`);
      return out;
    },
    isRefused: async (line, expected) => {
      const { code, out, error } = await type(line);
      if (code === expected) return error;
      throw new Different(
        `expected \`${line}\` to end with ${String(expected)}, found ${String(code)}: ${out}${error}`,
      );
    },
  };
}
