/** Texts in German, see `en/terminal.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const terminal: PageTexts['terminal'] = {
  opening: 'Shell wird geöffnet …',
  open: (pod) => `Eine Shell im Pod ${pod}`,
  waiting: 'Das Terminal öffnet sich, sobald der Job läuft',
  over: 'Der Job ist beendet',
  again: 'Erneut öffnen',
  exited: (code) => `Die Shell wurde beendet (${code}).`,
  broken: 'Die Verbindung wurde unterbrochen.',
  accessEnded: 'Der Zugriff ist abgelaufen.',
  refused: 'Die Shell konnte nicht geöffnet werden.',
  noShell: 'Dieses Image enthält keine Shell.',
};
