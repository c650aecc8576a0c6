/** Texts in German, see `en/bulk.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';
import { plural } from './counts.ts';

const secrets = (count: number): string => `${numberText(count)} ${plural(count, { one: 'Secret', other: 'Secrets' })}`;
const jobs = (count: number): string => `${numberText(count)} ${plural(count, { one: 'Job', other: 'Jobs' })}`;
const schedules = (count: number): string =>
  `${numberText(count)} ${plural(count, { one: 'Zeitplan', other: 'Zeitpläne' })}`;
const grants = (count: number): string =>
  `${numberText(count)} ${plural(count, { one: 'Freigabe', other: 'Freigaben' })}`;

export const bulk: PageTexts['bulk'] = {
  select: (name) => `${name} auswählen`,
  selectAll: (count) => `Alle angezeigten auswählen (${numberText(count)})`,
  title: 'Ausgewählte Zeilen',
  selected: (count) => `${numberText(count)} ausgewählt`,
  all: (count) => `Alle ${numberText(count)} auswählen`,
  clear: 'Auswahl aufheben',
  some: (label, count) => `${label}: ${numberText(count)}`,
  more: (count) => `${numberText(count)} weitere`,
  progress: (done, all) => `${numberText(done)} von ${numberText(all)}`,
  elsewhere: 'Läuft auf einer anderen Seite',
  running: (label, done, all) => `${label}: ${numberText(done)} von ${numberText(all)}`,
  ended: (label, failed, left, all) =>
    failed > 0
      ? `${label}: ${numberText(failed)} von ${numberText(all)} fehlgeschlagen.`
      : `${label}: ${numberText(left)} von ${numberText(all)} nicht versucht.`,
  back: 'Zurück zur Liste',
  results: 'Ergebnisse ansehen',
  stop: 'Anhalten',
  failed: (failed, all) =>
    `${numberText(failed)} von ${numberText(all)} fehlgeschlagen. Was nicht erledigt ist, bleibt ausgewählt.`,
  notTried: (count) => `${numberText(count)} nicht versucht.`,
  dismiss: 'Ergebnisse schließen',
  secrets: {
    remove: {
      label: 'Löschen',
      title: (count) => `${secrets(count)} löschen?`,
      sentence:
        'Die Werte werden entfernt, ebenso die Freigaben, die Konsole und Befehl dafür angelegt haben, soweit das Recht dazu besteht. Andere Freigaben bleiben und gelten wieder für neue Secrets mit denselben Namen. Laufende Jobs behalten die Werte vom Start. Das kann nicht rückgängig gemacht werden.',
      confirm: (count) => `${secrets(count)} löschen`,
      done: (count) => `${secrets(count)} gelöscht.`,
    },
    tag: { label: 'Tags ändern', done: (count) => `Tags von ${secrets(count)} geändert.` },
    share: { label: 'Teilen', done: (count) => `${secrets(count)} geteilt.` },
  },
  jobs: {
    kill: {
      label: 'Beenden',
      title: (count) => `${jobs(count)} beenden?`,
      sentence:
        'Die Container halten an, und die Jobs enden als abgebrochen. Das kann nicht rückgängig gemacht werden.',
      confirm: (count) => `${jobs(count)} beenden`,
      done: (count) => `${jobs(count)}: wird beendet.`,
    },
    remove: {
      label: 'Löschen',
      title: (count) => `${jobs(count)} löschen?`,
      sentence:
        'Die Jobs werden mit ihrer Ausgabe und ihrem Zeitverlauf entfernt. Das kann nicht rückgängig gemacht werden.',
      confirm: (count) => `${jobs(count)} löschen`,
      done: (count) => `${jobs(count)} gelöscht.`,
    },
    again: {
      label: 'Erneut starten',
      title: (count) => `${jobs(count)} erneut starten?`,
      sentence: 'Für jeden startet ein neuer Job, mit denselben Feldern und den heutigen Werten der Secrets.',
      confirm: (count) => `${jobs(count)} starten`,
      done: (count) => `${jobs(count)} gestartet.`,
    },
  },
  schedules: {
    pause: { label: 'Pausieren', done: (count) => `${schedules(count)} pausiert.` },
    resume: { label: 'Fortsetzen', done: (count) => `${schedules(count)} fortgesetzt.` },
    remove: {
      label: 'Löschen',
      title: (count) => `${schedules(count)} löschen?`,
      sentence:
        'Die Zeitpläne werden mit ihren Jobs und deren Ausgabe entfernt. Das kann nicht rückgängig gemacht werden.',
      confirm: (count) => `${schedules(count)} löschen`,
      done: (count) => `${schedules(count)} gelöscht.`,
    },
  },
  grants: {
    revoke: {
      label: 'Entziehen',
      title: (count) => `${grants(count)} entziehen?`,
      sentence:
        'Neue Jobs können die Secrets über diese Freigaben nicht mehr verwenden. Ein Job kann einen Wert behalten haben; im Zweifel den Wert ändern.',
      confirm: (count) => `${grants(count)} entziehen`,
      done: (count) => `${grants(count)} entzogen.`,
    },
  },
};
