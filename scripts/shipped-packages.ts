/**
 * Writes test/architecture/shipped-packages.txt: the names of all packages whose code can reach a user, with what they depend on, from the lock file. A test
 * fails when the lock file has one more, so that nobody's code comes in unseen: `node scripts/shipped-packages.ts` after you have looked at it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
export const listPath = join(root, 'test/architecture/shipped-packages.txt');

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}
type LockFile = Readonly<Record<string, Locked>>;

/** What the list has to say. */
export function shippedPackages(): string {
  const packages = (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: LockFile })
    .packages;
  const { dependencies = {} } = packages[''] ?? {};
  // A package that is imported is bundled, also one of devDependencies.
  const ofProcess = namesReached(packages, [...Object.keys(dependencies), ...importedBy('src', isOfProcess)]);
  const ofPages = namesReached(packages, importedBy('src/console/web', isOfPages)).filter(
    (name) => !ofProcess.includes(name),
  );
  return [
    '# Made by `node scripts/shipped-packages.ts` from package-lock.json.',
    '# In the operator, the console’s server and the command:',
    ...ofProcess,
    '# In the console’s pages besides:',
    ...ofPages,
    '',
  ].join('\n');
}

/** As Node finds packages: nearest `node_modules` first. */
function namesReached(packages: LockFile, roots: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const visit = (from: string, name: string): void => {
    const path = foldersAbove(from)
      .map((folder) => `${folder}node_modules/${name}`)
      .find((each) => each in packages);
    // An optional one may be of another platform.
    if (path === undefined || seen.has(path)) return;
    seen.add(path);
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[path] ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter((peer) => peerDependenciesMeta?.[peer]?.optional !== true);
    for (const each of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers])
      visit(`${path}/`, each);
  };
  for (const name of roots) visit('', name);
  const names = [...seen].map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  return [...new Set(names)].toSorted();
}

/** `a/node_modules/b/` → itself, `a/`, ``. */
function foldersAbove(folder: string): readonly string[] {
  const folders = [folder];
  for (let rest = folder; rest !== '';) {
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf('node_modules/')));
    folders.push(rest);
  }
  return folders;
}

const isOfProcess = (path: string): boolean => !path.includes('/console/web/');
/** Vite makes the pages, and is not in them. */
const isOfPages = (path: string): boolean => !path.endsWith('/vite.config.ts');

/** Packages that files of this folder import. */
function importedBy(folder: string, counts: (path: string) => boolean): readonly string[] {
  const names = new Set<string>();
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/\.(tsx?|css)$/.test(entry.name) || !counts(path)) continue;
    const text = readFileSync(path, 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from|import|import\()\s*['"]([^'"./][^'"]*)['"]/g)) {
      if (specifier.startsWith('node:')) continue;
      const [first = '', second = ''] = specifier.split('/');
      names.add(first.startsWith('@') ? `${first}/${second}` : first);
    }
  }
  return [...names];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(listPath, shippedPackages());
