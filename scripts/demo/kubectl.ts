/** kubectl as one user, as people type it. */
import { spawn } from 'node:child_process';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { Different } from './story.ts';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export type Kubectl = (args: string, input?: string) => Promise<Answer>;

/** `args` are split at spaces; a step that needs a space passes its objects by `input`. */
export function kubectlAs(cluster: DevCluster, user: string): Kubectl {
  return (args, input = '') =>
    new Promise((resolve, reject) => {
      const child = spawn(cluster.kubectlPath, ['--kubeconfig', cluster.kubeconfigPath(user), ...args.split(' ')]);
      let out = '';
      let error = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 1, out, error }));
      child.stdin.end(input);
    });
}

/** The output of a command that must succeed. */
export async function output(answer: Promise<Answer>): Promise<string> {
  const { code, out, error } = await answer;
  if (code !== 0) throw new Different(`expected kubectl to succeed, found: ${error.trim()}`);
  return out;
}
