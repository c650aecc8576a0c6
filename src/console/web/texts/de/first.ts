/** Texts in German, see `en/first.ts`. */
export { first } from '../en/first.ts';
