/** A time as an age or a countdown; the exact time in the tooltip and for machines. */
import type { ReactElement } from 'react';
import { currentLocale } from '../language/current-language.ts';
import { age } from './age.ts';
import { useNow } from './use-now.ts';

export function When({ time }: { readonly time: string | undefined }): ReactElement | null {
  const now = useNow();
  if (time === undefined) return null;
  const date = new Date(time);
  return (
    <time dateTime={time} title={date.toLocaleString(currentLocale())}>
      {age(date.getTime(), now)}
    </time>
  );
}
