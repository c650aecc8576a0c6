/** Texts in German, see `en/units.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';

export const units: PageTexts['units'] = {
  day: (count) => `${count} Tg.`,
  hour: (count) => `${count} Std.`,
  minute: (count) => `${count} Min.`,
  second: (count) => `${count} s`,
  justNow: 'gerade eben',
  soon: 'in weniger als einer Minute',
  ago: (span) => `vor ${span}`,
  in: (span) => `in ${span}`,
  bytes: (count) => `${numberText(count)} Byte`,
};
