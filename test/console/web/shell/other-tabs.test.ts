/** Tabs of one browser hear that another one has another session. */
import { afterEach, expect, test } from 'vitest';
import { otherTabs, type OtherTabs } from '../../../../src/console/web/shell/other-tabs.ts';
import { until } from '../../../support/until.ts';

const open: OtherTabs[] = [];
afterEach(() => {
  for (const tab of open.splice(0)) tab.close();
});

function tab() {
  const heard: string[] = [];
  const tabs = otherTabs(() => heard.push('other'));
  open.push(tabs);
  return { heard, tell: (csrf: string) => tabs.tell(csrf) };
}

test('a tab of another session hears of it; those of the same session do not wake each other', async () => {
  const [first, second] = [tab(), tab()];
  await first.tell('word-of-alice');
  await until(() => second.heard.length === 1, 'it had none when the first one told');
  await second.tell('word-of-alice');
  await first.tell('word-of-alice');
  // Messages come in their order: those about alice have come before those about others.
  await second.tell('word-of-bob');
  await until(() => first.heard.length > 0, 'the first one hears');
  await first.tell('word-of-carol');
  await until(() => second.heard.length > 1, 'the second one hears');
  expect([first.heard.length, second.heard.length]).toEqual([1, 2]);
});

test('tabs exchange a hash, never the word itself', async () => {
  const seen: unknown[] = [];
  const channel = new BroadcastChannel('neuro-session');
  channel.addEventListener('message', ({ data }) => seen.push(data));
  await tab().tell('word-of-alice');
  await until(() => seen.length > 0, 'it was told');
  channel.close();
  expect(seen).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
});
