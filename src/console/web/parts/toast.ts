/** A short message in a corner of the page. It follows a change of the language while it shows. */
import { notifications } from '@mantine/notifications';
import { createElement } from 'react';
import { asClusterError } from '../cluster/errors.ts';
import { useLanguage } from '../language/use-language.ts';

/** A text of the catalogue, read again after each change of the language. */
type Words = () => string;

/** Something was done. */
export function tellDone(message: Words): void {
  notifications.show({ message: createElement(Said, { words: message }), color: 'pine' });
}

/** It was done, and people have to know something about it. */
export function tellNote(title: Words, message: string, autoClose: number): void {
  notifications.show({ title: createElement(Said, { words: title }), message, color: 'yellow', autoClose });
}

/** It was not done; `error` says why. */
export function tellNotDone(title: Words, error: unknown, options: { readonly autoClose?: false } = {}): void {
  const { message: said, lang } = asClusterError(error);
  const message = createElement('span', { lang }, said);
  notifications.show({ title: createElement(Said, { words: title }), message, color: 'red', ...options });
}

function Said({ words }: { readonly words: Words }): string {
  useLanguage();
  return words();
}
