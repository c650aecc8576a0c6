/** Spans of time and sizes. */
import { numberText } from '../../language/local.ts';
import { plural } from './counts.ts';

export const units = {
  day: (count: string) => `${count} d`,
  hour: (count: string) => `${count} h`,
  minute: (count: string) => `${count} min`,
  second: (count: string) => `${count} s`,
  justNow: 'just now',
  soon: 'in less than a minute',
  ago: (span: string) => `${span} ago`,
  in: (span: string) => `in ${span}`,
  bytes: (count: number) => `${numberText(count)} ${plural(count, { one: 'byte', other: 'bytes' })}`,
} as const;
