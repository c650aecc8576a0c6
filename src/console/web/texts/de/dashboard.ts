/** Texts in German, see `en/dashboard.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';

export const dashboard: PageTexts['dashboard'] = {
  title: 'Übersicht',
  about: 'Hier startet eine Karte einen Job; darunter steht, was läuft und was Aufmerksamkeit braucht.',
  actions: 'Aktionen',
  run: 'JOB STARTEN',
  standard: {
    terminal: { title: 'Terminal', description: 'Eine Shell in einem eigenen Container mit den eigenen Secrets.' },
    'custom-job': { title: 'Eigener Job', description: 'Beliebiges Image und beliebiger Befehl.' },
  },
  running: 'Laufende und ausstehende Jobs',
  noneRunning: 'Es laufen keine Jobs. Eine Karte startet einen.',
  failed: 'In den letzten 24 Stunden fehlgeschlagen',
  rotate: 'Zu rotierende Secrets',
  shared: 'Mit mir geteilt',
  allShared: (count) =>
    count === 1 ? 'Das geteilte Secret anzeigen' : `Alle ${numberText(count)} geteilten Secrets anzeigen`,
  steps: {
    title: 'Erste Schritte',
    addLink: 'Secret hinzufügen',
    add: 'zum Beispiel ein Passwort oder ein Token.',
    share: 'Bei Bedarf mit einer Person, einer Gruppe oder einem Namespace teilen.',
    run: 'Einen Job von einer Karte starten und das Secret als Variable oder Datei auswählen.',
  },
  allRunning: (count) => `Alle ${numberText(count)} Jobs anzeigen`,
};
