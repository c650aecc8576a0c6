/** Texts of notifications of the browser. */
import { numberText } from '../../language/local.ts';
import { plural } from './counts.ts';

export const notify = {
  inNamespace: (namespace: string) => `In the namespace ${namespace}`,
  access: (uri: string) => `Your access to ${uri} ends soon`,
  until: (time: string) => `Until ${time}`,
  rotate: (key: string) => `Rotate ${key} soon`,
  by: (day: string) => `By ${day}`,
  several: (count: number) => `${numberText(count)} ${plural(count, { one: 'thing', other: 'things' })} happened`,
} as const;
