/** Texts in German, see `en/open.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const open: PageTexts['open'] = {
  open: 'Öffnen',
  ready: 'Die Seite lässt sich öffnen',
  notYet: 'Die Seite lässt sich öffnen, sobald der Job läuft',
  notOpened: (name) => `${name} wurde nicht geöffnet`,
  title: (name) => `${name} von der Kommandozeile öffnen`,
  fromCommand:
    'Diese Konsole hat keine Domain für die Seiten von Jobs. Dieser Befehl öffnet die Seite über den eigenen Rechner:',
  copyCommand: 'Befehl kopieren',
  forAdministrator:
    'Damit sich Jobs von hier öffnen lassen, setzt die Administration console.jobDomain auf eine Domain, deren Namen alle zur Konsole führen.',
};
