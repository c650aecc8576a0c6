/** Texts in German, see `en/parts.ts`. */
import type { FirstTexts } from '../catalogue.ts';

export const actions: FirstTexts['actions'] = {
  title: 'Aktionen',
  add: 'Hinzufügen',
  save: 'Speichern',
  cancel: 'Abbrechen',
  close: 'Schließen',
  download: 'Herunterladen',
};

export const discard: FirstTexts['discard'] = {
  question: 'Eingaben verwerfen?',
  discard: 'Verwerfen',
  keep: 'Weiter bearbeiten',
};

export const copy: FirstTexts['copy'] = {
  done: 'Kopiert',
  failed: 'Kopieren fehlgeschlagen',
  insecure: 'Der Browser erlaubt das Kopieren nur über https und auf localhost.',
  manifest: 'Als Manifest kopieren',
  command: 'Als Befehl kopieren',
  manifestHasAll: 'Das Manifest enthält alles.',
  uri: 'URI kopieren',
  uriOf: (key) => `URI von ${key} kopieren`,
};
