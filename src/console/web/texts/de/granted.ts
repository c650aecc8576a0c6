/** Texts in German, see `en/granted.ts`. */
import type { PageTexts } from '../catalogue.ts';

const what = (key: string | undefined): string => key ?? 'alle Secrets';

export const granted: PageTexts['granted'] = {
  title: 'Von mir geteilt',
  none: 'Noch nichts geteilt',
  noneHelp:
    'Ein Secret lässt sich in seiner Zeile der Liste teilen. Jede Freigabe erscheint hier: wer sie erteilt hat und wann sie endet.',
  toMine: 'Meine Secrets anzeigen',
  right: 'Erteilt von',
  owner: 'Eigentümer',
  gone: 'Dieses Secret gibt es nicht, daher bewirkt die Freigabe nichts.',
  noSuch: 'Diese Freigabe gibt es nicht. Möglicherweise wurde sie entzogen.',
  name: (key, subject) => `${what(key)} für ${subject}`,
  edit: (key, subject) => `Zugriff von ${subject} auf ${what(key)} ändern`,
  revoke: (key, subject) => `Zugriff von ${subject} auf ${what(key)} entziehen`,
  question: (key, subject) => `Zugriff von ${subject} auf ${what(key)} entziehen?`,
};
