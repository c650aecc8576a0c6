/** English that is left on a page in German. */
import type { Page } from 'playwright-core';
import { first as englishFirst } from '../../src/console/web/texts/en/first.ts';
import { pages as englishPages } from '../../src/console/web/texts/en/pages.ts';
import { first as germanFirst } from '../../src/console/web/texts/de/first.ts';
import { pages as germanPages } from '../../src/console/web/texts/de/pages.ts';

/** English texts that German has other words for. */
const inGerman = new Set(stringsIn({ ...germanFirst, ...germanPages }));
const onlyEnglish = new Set(
  stringsIn({ ...englishFirst, ...englishPages }).filter((text) => !inGerman.has(text) && /\p{L}{3}/u.test(text)),
);
/** Words that no German sentence has, for English that is in no catalogue. */
const englishWords = /\b(?:the|is|are|with|this|your|you|and|cannot|has|have|been|from)\b/;

/** From the menu of the user, which is called as the page's language calls it. */
export async function choose(on: Page, menu: string, language: string): Promise<void> {
  await on.getByRole('button', { name: menu }).click();
  await on.getByRole('menuitemradio', { name: language }).click();
}

/** What people read or hear on the page that is English; what is marked as English is the cluster's own. */
export async function englishOn(on: Page): Promise<readonly string[]> {
  const said = await on.evaluate(() => {
    const texts: string[] = [];
    const isMarked = (element: Element | null): boolean => element?.closest('body [lang=en]') !== null;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (!isMarked(node.parentElement) && !['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(node.parentElement?.tagName ?? ''))
        texts.push(node.textContent ?? '');
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
      if (!isMarked(element))
        for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(element.getAttribute(name) ?? '');
    return [document.title, ...texts];
  });
  return said.map((text) => text.trim()).filter(isEnglish);
}

/** Is, or has in it, what only English says. */
export function isEnglish(text: string): boolean {
  return englishWords.test(text) || onlyEnglish.has(text);
}

function stringsIn(tree: object): readonly string[] {
  return Object.values(tree).flatMap((value: unknown) =>
    typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? stringsIn(value) : [],
  );
}
