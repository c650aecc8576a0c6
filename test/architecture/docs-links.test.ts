/** What the pages name is there: links and their headings, files and folders, scripts of npm; and the README leads to every page. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).toSorted();
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return words.replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-');
}

function anchorsOf(text: string): ReadonlySet<string> {
  const withoutCode = text.replaceAll(/^```[^]*?^```$/gm, '');
  return new Set([...withoutCode.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)));
}

/** Links of that page that lead nowhere in the repository. */
function brokenLinks(page: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target === page ? text : read(target)).has(anchor);
    });
}

/** Paths of our folders in code spans, with `{a,b}` and `*` as in a shell, and pages in the text; the changes of the past have none. */
function missingPaths(text: string): readonly string[] {
  const spans = [...text.matchAll(/`((?:src|test|scripts|tools|charts|crds|manifests|docs|\.github)\/[\w./{},*-]*)`/g)];
  const words = [...text.matchAll(/\bdocs\/[\w./-]+\.md\b/g)];
  const paths = [...spans.map(([, path = '']) => path), ...words.map(([path]) => path)];
  return paths.flatMap(eachOf).filter((path) => globSync(path, { cwd: root }).length === 0);
}

/** `src/{api,kernel}` is two paths. */
function eachOf(path: string): readonly string[] {
  const [braces, inner] = /\{([^}]*)\}/.exec(path) ?? [];
  if (braces === undefined || inner === undefined) return [path];
  return inner.split(',').flatMap((one) => eachOf(path.replace(braces, one)));
}

const missingScripts = (text: string): readonly string[] =>
  [...text.matchAll(/\bnpm run ([\w:-]+)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !Object.hasOwn(scripts, name));

describe('what is not there', () => {
  it.each([
    ['a page', '[a](docs/nothing.md)', ['docs/nothing.md']],
    ['a heading', '[a](docs/install.md#nothing)', ['docs/install.md#nothing']],
    ['a heading of the same page', '# One\n[a](#two)', ['#two']],
    ['nothing else', '# One `two`\n[a](#one-two) [b](docs/install.md#with-helm) [c](https://example.com/x)', []],
  ])('is found: a link to %s', (_what, text, expected) => {
    expect(brokenLinks('README.md', text)).toEqual(expected);
  });

  it('is found: a file, a page in the text, a script', () => {
    expect(missingPaths('`src/nothing.ts` `src/{api,nothing}` docs/nothing.md `src/kernel/`, docs/install.md')).toEqual(
      ['src/nothing.ts', 'src/nothing', 'docs/nothing.md'],
    );
    expect(missingScripts('`npm run nothing -- x`, `npm run build`')).toEqual(['nothing']);
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('has no broken link', () => {
    expect(brokenLinks(page, text)).toEqual([]);
  });

  it('names scripts of npm that exist', () => {
    expect(missingScripts(text)).toEqual([]);
  });
});

// The changes of the past name what there was.
it.each(pages.filter((page) => page !== 'CHANGELOG.md'))('%s names files that exist', (page) => {
  expect(missingPaths(read(page))).toEqual([]);
});

test('the README leads to every page', () => {
  const readme = read('README.md');
  const others = pages.filter((page) => page !== 'README.md' && !page.startsWith('docs/decisions/'));
  expect(others.length).toBeGreaterThan(20);
  expect(others.filter((page) => !readme.includes(`](${page})`))).toEqual([]);
});

test('a page that the code and the manifests name exists', () => {
  const files = globSync(
    ['{src,test,scripts,tools,charts,crds}/**/*.{ts,tsx,yaml,tpl,txt,json}', 'manifests/**/*.yaml'],
    {
      cwd: root,
    },
  ).filter((file) => file !== 'test/architecture/docs-links.test.ts');
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/\bdocs\/[\w./-]+\.md\b/g)].map(([path]) => ({ file, path })),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
});
