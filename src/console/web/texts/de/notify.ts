/** Texts in German, see `en/notify.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';
import { plural } from './counts.ts';

export const notify: PageTexts['notify'] = {
  inNamespace: (namespace) => `Im Namespace ${namespace}`,
  access: (uri) => `Zugriff auf ${uri} endet bald`,
  until: (time) => `Bis ${time}`,
  rotate: (key) => `${key} bald rotieren`,
  by: (day) => `Bis ${day}`,
  several: (count) => `${numberText(count)} ${plural(count, { one: 'Neuigkeit', other: 'Neuigkeiten' })}`,
};
