/**
 * Keys of a whole page.
 *
 * Promise: none acts while a dialog, a menu or a form is open, so that no key takes away what was typed there. Keys of a dialog are its own.
 */
import { useHotkeys, type HotkeyItem } from '@mantine/hooks';

const open = ['[role=dialog]', '[role=alertdialog]', '[role=menu]', 'form'].join();
/** Fields, in which a letter is a letter. */
const fields = ['INPUT', 'TEXTAREA', 'SELECT'];

export function usePageKeys(keys: readonly HotkeyItem[], isInFields = false): void {
  useHotkeys(
    keys.map(([key, act, ...options]) => [
      key,
      (event: KeyboardEvent) => {
        if (document.querySelector(open) === null) act(event);
      },
      ...options,
    ]),
    isInFields ? [] : fields,
  );
}
