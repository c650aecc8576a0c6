/** Texts in German, see `en/share.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';
import { plural, runningJobsKeep } from './counts.ts';

export const share: PageTexts['share'] = {
  title: (key) => `${key} teilen`,
  titleOf: (count) => `${numberText(count)} ${plural(count, { one: 'Secret', other: 'Secrets' })} teilen`,
  changesSome: (count) =>
    `${numberText(count)} davon ${plural(count, { one: 'ist', other: 'sind' })} bereits mit diesem Empfänger geteilt. „Teilen“ ändert die Stufe. Ende und Grund bleiben, wenn sie hier nicht geändert werden.`,
  titleAll: (namespace) => `Alle Secrets von ${namespace} teilen`,
  titleChange: (key) => `Zugriff auf ${key} ändern`,
  kind: 'Mit',
  kinds: { User: 'Benutzer', Group: 'Gruppe', ServiceAccount: 'Dienstkonto', Namespace: 'Namespace' },
  name: 'Name',
  noName: 'Einen Namen eingeben.',
  access: 'Zugriffsstufe',
  levels: {
    read: {
      name: 'Lesen',
      help: 'Die Jobs der Empfänger können das Secret verwenden. Ein Job kann den Wert ausgeben.',
    },
    copy: {
      name: 'Kopieren',
      help: 'Wie Lesen, und die Namespaces der Empfänger können eine Kopie behalten. Wer dort Secrets lesen kann, kann sie lesen.',
    },
    write: {
      name: 'Schreiben',
      help: 'Wie Lesen, und die Empfänger können das Secret ersetzen oder löschen. Eine Kopie können sie nicht behalten.',
    },
    manage: {
      name: 'Verwalten',
      help: 'Wie Schreiben, und die Empfänger können das Secret teilen. Eine Kopie können sie nicht behalten.',
    },
  },
  expires: 'Läuft ab',
  expiries: {
    keep: 'Bisheriges Ende beibehalten',
    never: 'Nie',
    hour: 'In einer Stunde',
    day: 'In einem Tag',
    week: 'In 7 Tagen',
    month: 'In 30 Tagen',
    at: 'Zu einem Zeitpunkt …',
  },
  at: 'Zeitpunkt',
  noTime: 'Datum und Uhrzeit eingeben.',
  why: 'Grund (optional)',
  submit: 'Teilen',
  changes: (subject, level) =>
    `${subject} hat bereits Zugriff: ${level}. „Teilen“ ändert die Stufe. Ende und Grund bleiben, wenn sie hier nicht geändert werden.`,
  byWhom: (granter) => `erteilt von ${granter}`,
  failed: 'Nicht geteilt',
  now: 'Personen und Jobs mit Zugriff',
  nobody: 'Niemand sonst.',
  notSeen: 'Dieses Secret lässt sich teilen, aber für die Ansicht seiner Freigaben fehlt die Berechtigung.',
  ofAll: 'durch eine Freigabe aller Secrets',
  phases: { Pending: 'noch nicht gültig', Active: 'gültig', Expired: 'abgelaufen' },
  ends: 'endet',
  noHome: (subject) =>
    `Noch gibt es keinen Home-Namespace von ${subject}. Stimmt der Name? Die Freigabe gilt, sobald es einen gibt.`,
  revoke: 'Entziehen',
  revokeLabel: (subject) => `Zugriff von ${subject} entziehen`,
  notRevoked: (subject) => `Der Zugriff von ${subject} wurde nicht entzogen`,
  keep: (count) => runningJobsKeep(count, 'den Wert bis zum Ende.'),
  honest:
    'Wer einen Job mit diesem Secret ausführt, kann seinen Wert ausgeben. Nach dem Entziehen des Zugriffs den Wert ersetzen.',
};
