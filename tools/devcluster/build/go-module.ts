/** Text of the go.mod that builds a tool of someone else's module, with no Go code of our own. */
import type { Component, GoModule } from './components.ts';

/** Of a module that is built from a copy, beside the go.mod. */
export const COPY_FOLDER = 'copy';

interface GoModInput {
  readonly module: GoModule;
  /** Commands that `tool` lines keep through `go mod tidy`. */
  readonly components: readonly Component[];
  /** Text of the go.mod of the required module itself. */
  readonly upstreamGoMod: string;
}

export function goModText({ module, components, upstreamGoMod }: GoModInput): string {
  const go = /^go\s+(\S+)/m.exec(upstreamGoMod)?.[1] ?? '1.26';
  const lines = [
    `module neuro.local/devcluster/${module.name}`,
    '',
    `go ${go}`,
    '',
    `require ${module.path} ${module.version}`,
    '',
    ...components.filter(({ program }) => program === undefined).map(({ command }) => `tool ${command}`),
    '',
  ];
  if (module.fetchedAs !== undefined) {
    lines.push(`replace ${module.path} => ${module.fetchedAs} ${module.version}`);
  }
  if (module.lists !== undefined) lines.push(`replace ${module.path} => ./${COPY_FOLDER}`);
  lines.push(...replacements(upstreamGoMod, module.stagingVersion));
  return `${lines.join('\n').trimEnd()}\n`;
}

/**
 * `replace` lines count only in the main module, so those of the upstream go.mod are said again: folders become the
 * released version of that name (they exist for the staging repositories of Kubernetes), others stay as they are.
 */
function replacements(upstreamGoMod: string, stagingVersion: string | undefined): string[] {
  const result: string[] = [];
  for (const line of replaceLines(upstreamGoMod)) {
    const [from, to] = line.split('=>').map((side) => side.trim());
    if (from === undefined || to === undefined) continue;
    if (!to.startsWith('.')) result.push(`replace ${from} => ${to}`);
    else if (stagingVersion !== undefined) result.push(`replace ${from} => ${from} ${stagingVersion}`);
  }
  return result;
}

function replaceLines(goMod: string): string[] {
  const result: string[] = [];
  let inBlock = false;
  for (const raw of goMod.split('\n')) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    if (line === 'replace (') inBlock = true;
    else if (inBlock && line === ')') inBlock = false;
    else if (inBlock && line !== '') result.push(line);
    else if (line.startsWith('replace ')) result.push(line.slice('replace '.length));
  }
  return result;
}
