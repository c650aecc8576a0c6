/** Builds the commands of one Go module with one `go build`, which compiles shared packages once and links in parallel. */
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { buildFolder } from '../state/paths.ts';
import { binaryPath, buildFlags, filesOf, programHash, programText, recipeOf } from './binaries.ts';
import { GO_MODULES, componentsOf, type Component, type GoModule } from './components.ts';
import { COPY_FOLDER, goModText } from './go-module.ts';
import { runGo, type GoRun } from './run-go.ts';
import { writeStamp } from './stamp.ts';

/** Between two signs of life of a long build. */
const STILL_BUILDING_MS = 60_000;

/** One more than there are cores, which fills the time in which a compiler waits for the disk. */
const PARALLEL_COMPILERS = availableParallelism() + 1;

interface ModuleBuildOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (line: string) => void;
  readonly niceness: number;
}

/**
 * The caller holds the lock of the module, and the components, at least one, are all of it. Each binary appears under its name only
 * when it is whole, and then gets its stamp.
 */
export async function buildModule(
  go: string,
  components: readonly Component[],
  { signal, onProgress, niceness }: ModuleBuildOptions,
): Promise<void> {
  const [first] = components;
  if (first === undefined) return;
  const module = GO_MODULES[first.module];
  const folder = buildFolder(module.name, module.version);
  const run: GoRun = { go, folder, toolchain: module.toolchain, signal, niceness };
  const title = `${components.map(({ name }) => name).join(', ')} ${module.version}`;
  const started = Date.now();
  const elapsed = (): string => `${Math.round((Date.now() - started) / 1000)} s`;
  onProgress(`building ${title}`);
  const timer = setInterval(() => onProgress(`building ${title}: ${elapsed()} so far`), STILL_BUILDING_MS);
  try {
    await prepareModule(run, module);
    const outputs = join(folder, 'partial');
    rmSync(outputs, { recursive: true, force: true });
    mkdirSync(outputs);
    const commands = components.map(({ command }) => command);
    await runGo(run, [
      'build',
      '-p',
      String(PARALLEL_COMPILERS),
      ...buildFlags(module),
      '-o',
      `${outputs}/`,
      ...commands,
    ]);
    for (const component of components) {
      const target = binaryPath(component);
      mkdirSync(dirname(target), { recursive: true });
      await copyFiles(run, component, module);
      renameSync(join(outputs, outputName(component.command)), target);
      await writeStamp(target, recipeOf(component));
    }
  } finally {
    clearInterval(timer);
  }
  const bytes = components.reduce((sum, component) => sum + statSync(binaryPath(component)).size, 0);
  onProgress(`built ${title} in ${elapsed()} (${Math.round(bytes / 1e6)} MB)`);
}

async function copyFiles(run: GoRun, component: Component, module: GoModule): Promise<void> {
  if (component.files === undefined) return;
  const moduleFolder = (await runGo(run, ['list', '-m', '-f', '{{.Dir}}', module.path])).trim();
  mkdirSync(`${binaryPath(component)}.files`, { recursive: true });
  filesOf(component).forEach((target, index) => {
    rmSync(target, { recursive: true, force: true });
    cpSync(join(moduleFolder, component.files?.[index] ?? ''), target, { recursive: true });
  });
}

/** The name that Go gives to the binary of a command: the last part of its path that is not a major version. */
function outputName(command: string): string {
  return basename(command.replace(/\/v\d+$/, ''));
}

/** Writes go.mod and go.sum; `ready` is written last and says that they are whole. */
async function prepareModule(run: GoRun, module: GoModule): Promise<void> {
  const { folder } = run;
  const components = componentsOf(module.name);
  const wanted = JSON.stringify([
    module,
    components.flatMap((component) => [component.command, ...programHash(component)]),
  ]);
  const ready = join(folder, 'ready');
  if (readOrEmpty(ready) === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const source = `${module.fetchedAs ?? module.path}@${module.version}`;
  const downloaded = JSON.parse(await runGo(run, ['mod', 'download', '-json', source])) as {
    GoMod: string;
    Dir: string;
  };
  if (module.lists !== undefined) copyModule(downloaded.Dir, join(folder, COPY_FOLDER), module.lists);
  const upstreamGoMod = readFileSync(downloaded.GoMod, 'utf8');
  writeFileSync(join(folder, 'go.mod'), goModText({ module, components, upstreamGoMod }));
  for (const { program } of components) {
    if (program !== undefined) writeFileSync(join(folder, program), programText(program));
  }
  await runGo(run, ['mod', 'tidy']);
  writeFileSync(ready, wanted);
}

/** What Go keeps of a module is read-only, folders too. */
function copyModule(from: string, to: string, lists: Readonly<Record<string, string>>): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const target = join(to, relative(from, entry.parentPath));
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, entry.name), readFileSync(join(entry.parentPath, entry.name)));
  }
  for (const [path, text] of Object.entries(lists)) writeFileSync(join(to, path), text);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
