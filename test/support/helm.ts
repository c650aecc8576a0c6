/** The real Helm, and what it makes of our chart. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { builtTool } from './built-tool.ts';

export const chartFolder = fileURLToPath(new URL('../../charts/neuro-operator', import.meta.url));
/** Helm is built from its Go module where it is not in the cache. */
export const buildHelmLimitMs = 20 * 60_000;

export type Values = Readonly<Record<string, unknown>>;

interface HelmResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
  readonly rules?: unknown;
}

export async function helm(args: readonly string[], values?: Values): Promise<HelmResult> {
  const program = await builtTool('helm');
  const flags = values === undefined ? [] : ['--values', '-'];
  return new Promise((resolve) => {
    const child = execFile(program, [...args, ...flags], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
    child.stdin?.end(values === undefined ? '' : JSON.stringify(values));
  });
}

/** The manifest as text; rejects with what Helm says. */
export async function renderText(values: Values, flags: readonly string[] = []): Promise<string> {
  const args = ['template', 'neuro-operator', chartFolder, '--namespace', 'neuro-system', ...flags];
  const { code, stdout, stderr } = await helm(args, values);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

export async function render(values: Values): Promise<readonly Rendered[]> {
  return parsed(await renderText(values));
}

export function parsed(text: string): readonly Rendered[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}
