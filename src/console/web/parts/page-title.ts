/** What the tab of the browser and its history call a page: the most particular first. */
import { useEffect } from 'react';
import { texts } from '../texts.ts';

export function usePageTitle(...parts: readonly string[]): void {
  const title = [...parts, texts.app.name].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
