/** Texts in German, see `en/pages.ts`. */
export { pages } from '../en/pages.ts';
