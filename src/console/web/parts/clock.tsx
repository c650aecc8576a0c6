/** A time as a clock shows it, with the day where it is not today; whole, with its age, in the tooltip. By the browser's own customs. */
import type { ReactElement } from 'react';
import { currentLocale } from '../language/current-language.ts';
import { age } from './age.ts';
import { useNow } from './use-now.ts';

export function Clock({ time }: { readonly time: string }): ReactElement {
  const now = useNow();
  const date = new Date(time);
  const isToday = date.toDateString() === new Date(now).toDateString();
  const text = isToday
    ? date.toLocaleTimeString(currentLocale())
    : date.toLocaleString(currentLocale(), { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <time dateTime={time} title={`${date.toLocaleString(currentLocale())} (${age(date.getTime(), now)})`}>
      {text}
    </time>
  );
}
