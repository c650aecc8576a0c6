/** Texts in German, see `en/palette.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const palette: PageTexts['palette'] = {
  title: 'Gehe zu',
  label: 'Eine Seite, ein Secret, ein Job, eine Aktion',
  found: 'Treffer',
  help: '↑ ↓ wählen · Eingabe öffnet · Esc schließt',
  run: (card) => `Job starten: ${card}`,
  use: (uri) => `${uri} in einem Job verwenden`,
  namespace: (name) => `Zum Namespace ${name}`,
  groups: {
    pages: 'Seite',
    actions: 'Aktion',
    secrets: 'Secret',
    shared: 'mit mir geteilt',
    jobs: 'Job',
    namespaces: 'Namespace',
  },
};

export const shortcuts: PageTexts['shortcuts'] = {
  title: 'Tastenkürzel',
  keys: [
    ['Strg-K', 'Zu einer Seite, einem Secret, einem Job oder einer Aktion gehen'],
    ['?', 'Diese Liste anzeigen'],
    ['/', 'Die Liste durchsuchen'],
    ['a', 'Secret hinzufügen (auf der Seite der Secrets)'],
    ['i', '.env-Datei importieren (auf der Seite der Secrets)'],
    ['Esc', 'Schließen oder die Suche leeren'],
    ['Strg-Eingabe', 'Speichern, aus dem Feld eines Werts'],
    ['Eingabe, Umschalt-Eingabe', 'Nächster und vorheriger Treffer in der Ausgabe eines Jobs'],
  ],
};
