/** Texts in German, see `en/shell.ts`. */
import { numberText } from '../../language/local.ts';
import type { FirstTexts } from '../catalogue.ts';

export const app: FirstTexts['app'] = {
  name: 'Neuro',
  context: 'Cluster',
  dark: 'Dunkle Farben',
  light: 'Helle Farben',
  language: 'Sprache',
  notify: 'Benachrichtigen, wenn ich woanders bin',
  notifyOn: 'Benachrichtigungen sind an',
  notifyBlocked:
    'Der Browser blockiert Benachrichtigungen dieser Seite. In seinen Einstellungen für diese Seite lassen sie sich erlauben. Private Fenster zeigen unter Umständen keine.',
  notifyUnanswered:
    'Der Browser erlaubt noch keine Benachrichtigungen. Erneut einschalten und sie erlauben, wenn er fragt.',
  notifyUnsupported:
    'Dieser Browser kann keine Benachrichtigungen dieser Seite zeigen. Dafür braucht es einen Desktop-Browser und eine Adresse mit https.',
  languageMissing: 'Die Sprache konnte nicht geladen werden. Verbindung prüfen und erneut versuchen.',
  userMenu: (name) => `Benutzer ${name}`,
  version: (version) => `Konsole ${version}`,
};

export const nav: FirstTexts['nav'] = {
  dashboard: 'Übersicht',
  jobs: 'Jobs',
  schedules: 'Zeitpläne',
  secrets: 'Secrets',
  admin: 'Verwaltung',
  label: 'Seiten',
  skip: 'Zum Inhalt springen',
};

export const opening: FirstTexts['opening'] = {
  palette: 'Gehe zu … (Strg-K)',
  shortcuts: 'Tastenkürzel (?)',
};

export const namespace: FirstTexts['namespace'] = {
  label: 'Namespace',
  choose: 'Welcher Namespace?',
  noHome: (user) =>
    `Noch ist kein Namespace der Home-Namespace von ${user}. Die Administration kann einen anlegen. Sonst einen Namespace eingeben, auf den Zugriff besteht.`,
  open: 'Öffnen',
};

export const login: FirstTexts['login'] = {
  intro: 'Eigene Secrets und Jobs, die sie verwenden.',
  oidc: 'Anmelden',
  or: 'oder',
  token: 'Token',
  tokenHelp:
    'Ein Bearer-Token des Clusters. Es geht an den Server dieser Konsole und wird nicht im Browser gespeichert.',
  tokenHow: 'Eines für ein Dienstkonto erstellen:',
  tokenCommand: 'kubectl create token NAME',
  submit: 'Mit Token anmelden',
  localOnly:
    'Diese Konsole läuft auf dem eigenen Rechner. Jede Adresse gilt einmal, in einem Browser. Für eine neue Adresse im Terminal, in dem neuro console läuft, die Eingabetaste drücken.',
  failed: (code) =>
    `Anmeldung fehlgeschlagen (${/^[A-Za-z]{1,40}$/.test(code) ? code : 'unbekannt'}). Erneut versuchen.`,
  ended: 'Die Sitzung ist abgelaufen',
  endedHelp: (user) => `Erneut als ${user} anmelden. Die begonnene Arbeit ist noch da.`,
  out: 'Abmelden',
  notOut: 'Die Abmeldung ist fehlgeschlagen',
  end: 'Sitzung beenden',
  until: (time) => `Sitzung bis ${time}`,
};

export const states: FirstTexts['states'] = {
  loading: 'Wird geladen',
  more: (count) => `Bisher ${numberText(count)} gelesen. Weitere werden geladen.`,
  live: 'Live',
  connecting: 'Verbindet',
  offline: 'Offline',
  failing: 'Fehler',
  offlineUnread: 'Bisher wurde nichts gelesen. Die Konsole versucht weiter, sich zu verbinden.',
  offlineHelp: 'Die Anzeige ist möglicherweise veraltet. Die Konsole versucht weiter, sich zu verbinden.',
  help: {
    live: 'Änderungen erscheinen sofort.',
    connecting: 'Daten werden aus dem Cluster gelesen.',
    offline: 'Die Anzeige ist möglicherweise veraltet. Die Konsole versucht weiter, sich zu verbinden.',
    failing:
      'Der API-Server antwortet mit einem Fehler. Die Anzeige ist möglicherweise veraltet. Die Konsole versucht es weiter.',
  },
  retry: 'Erneut versuchen',
  takesLong:
    'Der Cluster hat noch nicht geantwortet. Die Konsole versucht es weiter. Dauert es an, bitte prüfen, ob der Cluster läuft.',
  cannotBegin: 'Die Konsole konnte nicht starten',
  broken: 'Auf dieser Seite ist ein Fehler aufgetreten',
  noSuchPage: 'Seite nicht gefunden',
  toStart: 'Zurück zur Übersicht',
  clearSearch: 'Suche leeren',
  someOf: (count, all) => `${numberText(count)} von ${numberText(all)}`,
  noMatch: (query) => `Keine Treffer für „${query}“`,
  refused: 'Keine Berechtigung für diese Ansicht',
  refusedHelp:
    'Oben einen anderen Namespace wählen oder Zugriff beim Eigentümer anfragen. Freigegebene Secrets erscheinen im eigenen Namespace.',
};
