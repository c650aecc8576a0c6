/**
 * Shows news as notifications of the browser. One tab of several tells each: it takes a lock named by the news and keeps it, so
 * that no other can. A tab that is seen takes it first and says nothing, since its reader sees the news on the page.
 * Nothing is stored. Where the browser shows none after all, the news stand on the page for who comes back.
 */
import { notifications } from '@mantine/notifications';
import { ownership } from '../cluster/owner.ts';
import { currentLocale } from '../language/current-language.ts';
import { texts } from '../texts.ts';
import { jobWords } from '../jobs/job-words.ts';
import { dayText } from '../parts/day.ts';
import type { News } from './news.ts';
import { showNotification } from './wish.ts';

/** A tab that is hidden waits so long for one that is seen. */
const deferMs = 1_000;
/** Locks are kept while others may still ask; they have asked long before that many came after. */
const mostKept = 200;
/** More at once are told in one notification. */
const mostSingle = 3;
const shortTime = { dateStyle: 'medium', timeStyle: 'short' } as const;
const kept: (() => void)[] = [];

export async function tell(news: readonly News[], open: (news: News | undefined) => void): Promise<void> {
  const isMine = ownership();
  const isHidden = document.visibilityState === 'hidden';
  if (isHidden) await new Promise((resolve) => setTimeout(resolve, deferMs));
  const mine: News[] = [];
  for (const one of news) if (await isFirst(one.id)) mine.push(one);
  if (!isHidden || mine.length === 0 || !isMine()) return;
  if (mine.length > mostSingle)
    show(texts.notify.several(mine.length), mine.slice(0, mostSingle).map(titleOf).join('\n'));
  else for (const one of mine) show(titleOf(one), bodyOf(one), one);

  function show(title: string, body: string, one?: News): void {
    const tag = one?.id ?? mine.map(({ id }) => id).join();
    const notification = showNotification(title, { body, tag });
    if (notification === undefined) {
      notifications.show({ title, message: body, color: 'yellow', autoClose: false });
      return;
    }
    notification.onclick = () => {
      window.focus();
      open(one);
      notification.close();
    };
  }
}

/** False where another tab has it. A browser that gives no locks, as some private windows, may tell it in each tab. */
function isFirst(id: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = navigator.locks.request(`neuro-news ${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      if (lock === null) return undefined;
      return new Promise<void>((release) => {
        kept.push(release);
        if (kept.length > mostKept) kept.shift()?.();
      });
    });
    asked.catch(() => resolve(true));
  });
}

/** Names and states only: never a value. */
function titleOf(news: News): string {
  switch (news.kind) {
    case 'job':
      return `${news.job.metadata.name}: ${jobWords(news.job).short}`;
    case 'access':
      return texts.notify.access(news.uri);
    case 'rotate':
      return texts.notify.rotate(news.key);
    default:
      news satisfies never;
      throw new TypeError('unknown kind of news');
  }
}

function bodyOf(news: News): string {
  switch (news.kind) {
    case 'job':
      return texts.notify.inNamespace(news.job.metadata.namespace ?? '');
    case 'access':
      return texts.notify.until(new Date(news.expiresAt).toLocaleString(currentLocale(), shortTime));
    case 'rotate':
      return texts.notify.by(dayText(news.day));
    default:
      news satisfies never;
      throw new TypeError('unknown kind of news');
  }
}
