/** Texts in German, see `en/log.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';

export const log: PageTexts['log'] = {
  label: 'Ausgabe des Jobs',
  state: 'Stand der Ausgabe',
  search: 'Ausgabe durchsuchen',
  found: (current, count) => `${numberText(current)} von ${numberText(count)}`,
  notFound: 'nicht gefunden',
  previous: 'Vorheriger Treffer',
  next: 'Nächster Treffer',
  times: 'Zeiten',
  jump: (count) => (count === 0 ? 'Angehalten · folgen' : `Angehalten · ${numberText(count)} neu · folgen`),
  dropped: (count) =>
    plural(count, {
      one: '1 ältere Zeile ist nur im Download enthalten.',
      other: `${numberText(count)} ältere Zeilen sind nur im Download enthalten.`,
    }),
  waiting: 'Wartet auf die erste Ausgabe',
  never: 'Der Job wurde nie gestartet und hat nichts ausgegeben.',
  live: 'Live',
  ending: 'Letzte Zeilen werden gelesen',
  ended: 'Ende der Ausgabe',
  unread: (words) => `Der Node kann die Ausgabe nicht lesen (${words}).`,
  broken: 'Unterbrochen:',
  retrying: 'Neuer Versuch folgt.',
  gone: (message) => `Der Pod und mit ihm die Ausgabe sind nicht mehr da. ${message}`,
};
import { plural } from './counts.ts';
