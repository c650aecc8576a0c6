/** A page of the router: loaded with its texts, and drawn again when the language changes. */
import { lazyRouteComponent } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { loadPageTexts } from './language.ts';
import { useLanguage } from './use-language.ts';

type Page = () => ReactElement | null;

export function page<Name extends string>(
  load: () => Promise<Readonly<Record<Name, Page>>>,
  name: Name,
): ReturnType<typeof lazyRouteComponent> {
  return lazyRouteComponent(async () => {
    const [file] = await Promise.all([load(), loadPageTexts()]);
    return { Page: inLanguage(file[name]) };
  }, 'Page');
}

/** Its element is a new one each time, so React draws all of it. */
export function inLanguage(Page: Page): () => ReactElement {
  return function PageInLanguage(): ReactElement {
    useLanguage();
    return <Page />;
  };
}
