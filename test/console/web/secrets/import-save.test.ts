/** What is said of an import whose form was closed before its end. */
import { beforeEach, expect, test } from 'vitest';
import { cleanNotifications, notificationsStore } from '@mantine/notifications';
import { tellEnd, type ImportResult } from '../../../../src/console/web/secrets/import-save.ts';
import { putTexts } from '../../../../src/console/web/texts.ts';
import { pages } from '../../../../src/console/web/texts/en/pages.ts';

const saved: ImportResult = { isSaved: true, name: 'a' };
const failed: ImportResult = { problem: 'no right' };

/** The words of each message that shows. */
const said = (): readonly (string | undefined)[] =>
  notificationsStore.getState().notifications.map(({ title, message }) => {
    const { props } = (title ?? message) as { readonly props: { readonly words?: () => string } };
    return props.words?.();
  });

beforeEach(() => {
  putTexts(pages);
  cleanNotifications();
});

test.each<[string, readonly ImportResult[], readonly string[]]>([
  ['nothing was saved', [], []],
  ['all that was tried was saved', [saved, saved], ['2 secrets were saved.']],
  ['some failed', [saved, failed, saved, failed, failed], ['2 of 5 were saved; 3 failed']],
])('when %s', (_case, results, expected) => {
  tellEnd(results, 5);
  expect(said()).toEqual(expected);
});
