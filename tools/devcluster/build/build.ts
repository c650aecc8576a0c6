/**
 * Builds Kubernetes' and other tools' commands from their Go modules into the cache, once a machine.
 *
 * A binary is built under a temporary name, renamed when whole and then stamped; what is cut off at any moment is
 * noticed and done again. Two builders wait for each other.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DevClusterError } from '../errors.ts';
import { withFileLock } from '../state/file-lock.ts';
import { binFolder, buildFolder, cacheFolder } from '../state/paths.ts';
import { GO_MODULES, EXTRA, componentsOf } from './components.ts';
import type { Component, ExtraTool, GoModule } from './components.ts';
import { goCommand } from './go-command.ts';
import { goModText } from './go-module.ts';
import { isWhole, writeStamp } from './stamp.ts';

/** A cold build of everything takes about 7 minutes on two cores; a slow machine must not fail its waiters. */
const LOCK_TIMEOUT_MS = 60 * 60_000;
/** Between two signs of life of a long build. */
const STILL_BUILDING_MS = 60_000;
/** Of the compiler's output in an error. */
const ERROR_TAIL_LINES = 15;

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** Where the finished binary of a component is or will be. */
export function binaryPath(component: Component): string {
  return join(binFolder(component.module, GO_MODULES[component.module].version), component.name);
}

/** Paths of the files and folders that came with a component. */
export function filesOf(component: Component): string[] {
  return (component.files ?? []).map((file) => join(`${binaryPath(component)}.files`, basename(file)));
}

/** Builds what is missing or broken. Returns the path of each by name. */
export async function ensureBuilt(
  components: readonly Component[],
  options: BuildOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const onProgress = options.onProgress ?? (() => undefined);
  if (!(await allWhole(components))) {
    mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
    const lock = {
      timeoutMs: LOCK_TIMEOUT_MS,
      signal: options.signal,
      onWait: (holder: { pid: number }) => onProgress(`waiting for the build of process ${holder.pid}`),
    };
    await withFileLock(join(cacheFolder(), 'build.lock'), lock, async () => {
      const missing: Component[] = [];
      for (const component of components) {
        if (!(await isWhole(binaryPath(component), recipeOf(component)))) missing.push(component);
      }
      if (missing.length === 0) return;
      const go = goCommand(onProgress);
      for (const component of missing) await buildOne(go, component, onProgress, options.signal);
    });
  }
  return new Map(components.map((component) => [component.name, binaryPath(component)]));
}

/** Path of a tool that only some need; built at the first call. */
export async function ensureTool(name: ExtraTool, options: BuildOptions = {}): Promise<string> {
  const component = EXTRA[name];
  await ensureBuilt([component], options);
  return binaryPath(component);
}

/** Whether it is there as a whole, of this version. */
export function isBuilt(component: Component): Promise<boolean> {
  return allWhole([component]);
}

async function allWhole(components: readonly Component[]): Promise<boolean> {
  const whole = await Promise.all(components.map((component) => isWhole(binaryPath(component), recipeOf(component))));
  return whole.every(Boolean);
}

async function buildOne(
  go: string,
  component: Component,
  onProgress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const module = GO_MODULES[component.module];
  const folder = buildFolder(module.name, module.version);
  const target = binaryPath(component);
  const started = Date.now();
  const elapsed = (): string => `${Math.round((Date.now() - started) / 1000)} s`;
  const title = `${component.name} ${module.version}`;
  onProgress(`building ${title}`);
  const timer = setInterval(() => onProgress(`building ${title}: ${elapsed()} so far`), STILL_BUILDING_MS);
  try {
    mkdirSync(binFolder(module.name, module.version), { recursive: true });
    await prepareModule(go, module, folder, signal);
    const temporary = join(folder, `${component.name}.partial`);
    const build = ['build', ...buildFlags(module), '-o', temporary, component.command];
    await runGo(go, build, { module, folder, signal });
    await copyFiles(go, component, folder, signal);
    renameSync(temporary, target);
    await writeStamp(target, recipeOf(component));
  } finally {
    clearInterval(timer);
  }
  onProgress(`built ${title} in ${elapsed()} (${Math.round(statSync(target).size / 1e6)} MB)`);
}

async function copyFiles(go: string, component: Component, folder: string, signal?: AbortSignal): Promise<void> {
  if (component.files === undefined) return;
  const module = GO_MODULES[component.module];
  const list = ['list', '-m', '-f', '{{.Dir}}', module.path];
  const moduleFolder = (await runGo(go, list, { module, folder, signal })).trim();
  mkdirSync(`${binaryPath(component)}.files`, { recursive: true });
  filesOf(component).forEach((target, index) => {
    rmSync(target, { recursive: true, force: true });
    cpSync(join(moduleFolder, component.files?.[index] ?? ''), target, { recursive: true });
  });
}

/** Writes go.mod and go.sum; `ready` is written last and says that they are whole. */
async function prepareModule(go: string, module: GoModule, folder: string, signal?: AbortSignal): Promise<void> {
  const components = componentsOf(module.name);
  const wanted = JSON.stringify([
    module,
    components.flatMap((component) => [component.command, ...programHash(component)]),
  ]);
  const ready = join(folder, 'ready');
  if (readOrEmpty(ready) === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const where = { module, folder, signal };
  const source = `${module.fetchedAs ?? module.path}@${module.version}`;
  const downloaded = JSON.parse(await runGo(go, ['mod', 'download', '-json', source], where)) as {
    GoMod: string;
  };
  const upstreamGoMod = readFileSync(downloaded.GoMod, 'utf8');
  writeFileSync(join(folder, 'go.mod'), goModText({ module, components, upstreamGoMod }));
  for (const component of components) {
    if (component.program !== undefined) writeFileSync(join(folder, component.program), programText(component.program));
  }
  await runGo(go, ['mod', 'tidy'], where);
  writeFileSync(ready, wanted);
}

function buildFlags(module: GoModule): string[] {
  const variables = Object.entries(module.linkerVariables).map(([name, value]) => `-X ${name}=${value}`);
  return ['-trimpath', '-ldflags', ['-s', '-w', ...variables].join(' ')];
}

function recipeOf(component: Component): string {
  const module = GO_MODULES[component.module];
  const toolchain = module.toolchain === undefined ? [] : [module.toolchain];
  const source = [component.command, module.path, module.version, ...toolchain];
  return [...source, ...buildFlags(module), ...(component.files ?? []), ...programHash(component)].join(' ');
}

function programText(program: string): string {
  return readFileSync(join(import.meta.dirname, program), 'utf8');
}

function programHash({ program }: Component): string[] {
  return program === undefined ? [] : [createHash('sha256').update(programText(program)).digest('hex')];
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

interface Where {
  readonly module: GoModule;
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

async function runGo(go: string, args: string[], { module, folder, signal }: Where): Promise<string> {
  // `auto` lets an older Go fetch the toolchain that the go.mod names.
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: module.toolchain ?? 'auto', GOWORK: 'off' };
  const child = spawn(go, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    const tail = stderr.trim().split('\n').slice(-ERROR_TAIL_LINES).join('\n');
    throw new DevClusterError('BuildFailed', `\`go ${args.join(' ')}\` in ${folder} ended with ${code}:\n${tail}`);
  }
  return stdout;
}
