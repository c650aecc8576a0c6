/** Where the finished binaries are, and by which recipe each was made. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { binFolder } from '../state/paths.ts';
import { GO_MODULES, type Component, type GoModule } from './components.ts';
import { isWhole } from './stamp.ts';

/** Where the finished binary of a component is or will be. */
export function binaryPath(component: Component): string {
  return join(binFolder(component.module, GO_MODULES[component.module].version), component.name);
}

/** Paths of the files and folders that came with a component. */
export function filesOf(component: Component): string[] {
  return (component.files ?? []).map((file) => join(`${binaryPath(component)}.files`, basename(file)));
}

/** Whether it is there as a whole, of this version. */
export function isBuilt(component: Component): Promise<boolean> {
  return isWhole(binaryPath(component), recipeOf(component));
}

/** Everything that makes it this binary: a change of any part makes another. */
export function recipeOf(component: Component): string {
  const module = GO_MODULES[component.module];
  const toolchain = module.toolchain === undefined ? [] : [module.toolchain];
  const lists = module.lists === undefined ? [] : [JSON.stringify(module.lists)];
  const source = [component.command, module.path, module.version, ...toolchain, ...lists];
  return [...source, ...buildFlags(module), ...(component.files ?? []), ...programHash(component)].join(' ');
}

export function buildFlags(module: GoModule): string[] {
  const variables = Object.entries(module.linkerVariables).map(([name, value]) => `-X ${name}=${value}`);
  return ['-trimpath', '-ldflags', ['-s', '-w', ...variables].join(' ')];
}

export function programText(program: string): string {
  return readFileSync(join(import.meta.dirname, program), 'utf8');
}

export function programHash({ program }: Component): string[] {
  return program === undefined ? [] : [createHash('sha256').update(programText(program)).digest('hex')];
}
