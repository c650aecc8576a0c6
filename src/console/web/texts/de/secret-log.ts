/** Texts in German, see `en/secret-log.ts`. */
import type { PageTexts } from '../catalogue.ts';

export const secretLog: PageTexts['secretLog'] = {
  time: 'Zeit',
  what: 'Was',
  who: 'Wer',
  help: 'So weit der Cluster es noch weiß: Events werden eine Stunde lang aufbewahrt, und von jedem Benutzer und jeder Kopie die letzte Verwendung.',
  kinds: { change: 'geändert', grant: 'geteilt', use: 'verwendet', event: 'Event' },
  words: {
    set: 'der Wert wurde gesetzt',
    created: 'das UserSecret wurde erstellt',
    access: (access, subject) => `${access} für ${subject}`,
    accessToAll: (access, subject) => `${access} für ${subject}, auf alle Secrets des Namespace`,
    granted: (access) => `erteilt: ${access}`,
    grantedUntil: (access, time) => `erteilt bis ${time}: ${access}`,
    ended: (access) => `Freigabe beendet: ${access}`,
    copied: (copy) => `kopiert nach ${copy}`,
    usedBySome: 'von einem Job verwendet',
    used: (job) => `vom Job ${job} verwendet`,
    times: (count) => `(${count}-mal)`,
  },
  unseen: {
    grants: 'Ohne Berechtigung, Freigaben zu sehen; sie fehlen hier.',
    jobs: 'Ohne Berechtigung, Jobs zu sehen; sie fehlen hier.',
    events: 'Ohne Berechtigung, Events zu sehen; sie fehlen hier.',
  },
  older: (count) => `${String(count)} ältere Einträge sind ausgelassen; neuro secret log zeigt alle.`,
};
