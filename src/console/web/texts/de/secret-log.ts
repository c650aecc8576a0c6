/** Texts in German, see `en/secret-log.ts`. */
import { numberText, timeText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';
import { share } from './share.ts';

/** The log has the words of the API. */
const level = (access: string): string =>
  Object.entries(share.levels).find(([name]) => name === access)?.[1].name ?? access;

export const secretLog: PageTexts['secretLog'] = {
  time: 'Zeit',
  what: 'Was',
  who: 'Wer',
  help: 'Was der Cluster noch verzeichnet: Events der letzten Stunde und die letzte Verwendung durch jeden Benutzer und jede Kopie.',
  kinds: { change: 'geändert', grant: 'geteilt', use: 'verwendet', event: 'Event' },
  words: {
    set: 'der Wert wurde gesetzt',
    created: 'das UserSecret wurde erstellt',
    access: (access, subject) => `${level(access)} für ${subject}`,
    accessToAll: (access, subject) => `${level(access)} für ${subject}, auf alle Secrets des Namespace`,
    granted: (access) => `erteilt: ${access}`,
    grantedUntil: (access, time) => `erteilt bis ${timeText(time)}: ${access}`,
    ended: (access) => `Freigabe beendet: ${access}`,
    copied: (copy) => `kopiert nach ${copy}`,
    usedBySome: 'von einem Job verwendet',
    used: (job) => `vom Job ${job} verwendet`,
    times: (count) => `(${count}-mal)`,
  },
  unseen: {
    grants: 'Für Freigaben fehlt die Berechtigung, daher sind sie ausgelassen.',
    jobs: 'Für Jobs fehlt die Berechtigung, daher sind sie ausgelassen.',
    events: 'Für Events fehlt die Berechtigung, daher sind sie ausgelassen.',
  },
  older: (count) => `${numberText(count)} ältere Einträge sind ausgelassen; neuro secret log zeigt alle.`,
};
