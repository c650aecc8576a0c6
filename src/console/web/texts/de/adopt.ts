/** Texts in German, see `en/adopt.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';

export const adopt: PageTexts['adopt'] = {
  title: 'Den Schlüsseln eines nativen Secrets folgen',
  help: 'Aus jedem Schlüssel wird ein Secret, das ihm folgt. Das native Secret behält seinen Eigentümer, und kein Wert wird angezeigt. Dazu ist das Recht nötig, es zu lesen.',
  instead: 'Stehen die Werte in einem nativen Secret dieses Namespace?',
  prefix: 'Präfix der neuen Schlüssel',
  look: 'Schlüssel anzeigen',
  becomes: 'Neues Secret',
  leftOut: 'ausgelassen',
  replace: (count) =>
    count === 1
      ? 'Das vorhandene Secret soll ihm stattdessen folgen'
      : `Die ${numberText(count)} vorhandenen Secrets sollen ihm stattdessen folgen`,
  save: (count) => (count === 1 ? '1 Schlüssel übernehmen' : `${numberText(count)} Schlüssel übernehmen`),
  done: (count, name) =>
    count === 1 ? `1 Secret folgt jetzt ${name}.` : `${numberText(count)} Secrets folgen jetzt ${name}.`,
  notFound: (namespace) => `Im Namespace ${namespace} gibt es kein solches natives Secret.`,
  forbidden: 'Dieses native Secret darf nicht gelesen werden, daher kann ihm nichts folgen.',
  refused: (why) => `Nichts davon kann übernommen werden: ${why}.`,
  words: {
    held: (secret) => `es enthält den Wert des Secrets „${secret}“ und ist also schon vorhanden`,
    next: 'es ist ein Wert, den der Operator für ein Secret aufbewahrt',
    former: 'es ist ein früherer Wert eines Secrets, den der Operator aufbewahrt',
    ofTheCluster: (type) => `sein Typ ${type} ist für Zugangsdaten des Clusters selbst`,
    nothing: 'es enthält keinen Wert',
    empty: 'der Wert ist leer; ein Secret enthält mindestens ein Byte',
    badKey: (key) => `„${key}“ ist kein Schlüssel: erlaubt sind 1 bis 253 Buchstaben, Ziffern und _ . -`,
    other: (name) => `es gibt ein Secret „${name}“ mit anderem Schlüssel oder Typ; dieses zuerst löschen`,
    namesake: (name, key) => `es hätte den Namen „${name}“, den das Secret „${key}“ hat`,
  },
};
