/** Texts in German, see `en/errors.ts`. */
import type { FirstTexts } from '../catalogue.ts';

export const errors: FirstTexts['errors'] = {
  consoleGone: 'Der Server der Konsole ist nicht erreichbar.',
  notAnswering: 'Der API-Server antwortet nicht.',
  interrupted: 'Die Verbindung wurde unterbrochen.',
  closed: 'Die Verbindung wurde sofort geschlossen.',
  sessionEnded: 'Die Sitzung ist abgelaufen.',
  accessEnded: 'Der Zugriff ist abgelaufen.',
  refused: 'Der API-Server hat die Anfrage abgelehnt.',
  status: (status) => `Der Server hat mit Status ${String(status)} geantwortet.`,
  gone: (name) => `${name} gibt es nicht mehr: Jemand hat es gelöscht. Bei Bedarf neu anlegen.`,
  forbidden: (action, what, namespace) =>
    `Keine Berechtigung: ${what} ${action}${namespace === undefined ? '' : ` (Namespace ${namespace})`}.`,
  actions: {
    get: 'lesen',
    list: 'auflisten',
    watch: 'auflisten',
    create: 'erstellen',
    update: 'ändern',
    patch: 'ändern',
    delete: 'löschen',
  },
  resources: {
    usersecrets: 'Secrets',
    secretgrants: 'Freigaben',
    neurojobs: 'Jobs',
    neuroschedules: 'Zeitpläne',
    configmaps: 'ConfigMaps',
    secrets: 'native Secrets',
    'pods/log': 'die Ausgabe von Jobs',
    'pods/exec': 'Shells in Jobs',
    events: 'Events',
  },
};
