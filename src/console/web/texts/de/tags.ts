/** Texts in German, see `en/tags.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';
import { plural } from './counts.ts';

export const tags: PageTexts['tags'] = {
  edit: 'Tags ändern',
  title: (key) => `Tags von ${key}`,
  titleOf: (count) => `Tags von ${numberText(count)} ${plural(count, { one: 'Secret', other: 'Secrets' })}`,
  help: 'Ein Name oder Name=Wert, zum Beispiel team=berichte. Nach jedem die Eingabetaste oder ein Komma. Der Cluster speichert sie als Labels.',
  add: 'Hinzufügen',
  remove: 'Entfernen',
  removeHelp: 'Tags, die die ausgewählten Secrets jetzt haben.',
  now: (tags) => (tags.length === 0 ? 'Keine Tags.' : `Jetzt: ${tags.join(', ')}`),
  picked: (tags) => `Ausgewählt: ${tags.join(', ')}`,
  filter: 'Nach einem Tag filtern',
  all: 'Alle Tags',
  another: 'Und …',
  noSuch: 'Dieses Tag gibt es nicht',
  chosen: 'Angezeigte Tags',
  choose: (tag) => `Secrets mit dem Tag ${tag} anzeigen`,
  dropFilter: (tag) => `Ohne den Filter ${tag} anzeigen`,
  faults: {
    prefix: (tag) => `${tag} hat ein Präfix und ist damit ein Label eines Werkzeugs; ein Name wie team ist möglich.`,
    name: (tag) => `${tag} ist kein Tag: Buchstaben, Ziffern und dazwischen - _ . sind möglich, höchstens 63 Zeichen.`,
    value: (tag) =>
      `Der Wert in ${tag} ist nicht möglich: Buchstaben, Ziffern und dazwischen - _ . sind erlaubt, höchstens 63 Zeichen.`,
  },
};
