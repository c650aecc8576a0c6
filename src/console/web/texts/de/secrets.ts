/** Texts in German, see `en/secrets.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';
import { copySentence } from './copies.ts';
import { jobCount, plural, runningJobsKeep } from './counts.ts';

export const sealing: PageTexts['sealing'] = {
  note: 'Wird in diesem Browser versiegelt, bevor etwas gesendet wird; nur der Operator kann den Wert öffnen.',
  insecure:
    'Diese Seite wurde ohne https geöffnet, daher kann der Browser den Wert nicht versiegeln. Die Konsole über https oder auf localhost öffnen.',
  noKeys: (map, namespace) =>
    `Es gibt keine Schlüssel zum Versiegeln (ConfigMap ${map} in ${namespace}). Der Operator ist dort nicht installiert oder noch nicht gestartet.`,
  unknownPlace:
    'Der Cluster gibt nicht an, wo der Operator läuft, daher gibt es keinen vertrauenswürdigen Schlüssel zum Versiegeln: Der Operator ist nicht installiert oder älter als diese Konsole. Die Option --operator-namespace angeben.',
  alsoFor: (ids) => `Auch die Wiederherstellungsschlüssel des Clusters (${ids}) können ihn öffnen.`,
  tooManyKeys: (most, count) =>
    `Ein Wert wird für höchstens ${numberText(most)} Cluster und Wiederherstellungsschlüssel versiegelt, nicht für ${numberText(count)}.`,
  tooLong: (kib) =>
    `Ein Wert für mehrere Cluster oder Wiederherstellungsschlüssel hat höchstens etwa ${numberText(kib)} KiB, damit alle in ein Objekt passen.`,
  others: 'Auch für andere Cluster versiegeln',
  wasForOthers: (count) =>
    count === 1
      ? 'Der Wert ist für einen weiteren Schlüssel versiegelt. Dessen Cluster wieder hinzufügen, sonst kann er den neuen Wert nicht öffnen.'
      : `Der Wert ist für ${numberText(count)} weitere Schlüssel versiegelt. Deren Cluster wieder hinzufügen, sonst können sie den neuen Wert nicht öffnen.`,
  pasted: 'eingefügter Text',
  document: 'Öffentliche Schlüssel eines anderen Clusters',
  documentHelp:
    'Der Eintrag keys.json der ConfigMap neuro-sealing-keys im Namespace seines Operators, aus vertrauenswürdiger Hand. Dessen Operator kann den Wert dann öffnen.',
  addPasted: 'Diesen Cluster hinzufügen',
  addFiles: 'Dateien hinzufügen',
  leaveOut: (name, id) => `${name} ${id} entfernen`,
  noDocument: (name, why) => `Nicht übernommen: ${name}. ${why}`,
};

export const value: PageTexts['value'] = {
  label: 'Wert',
  how: 'Woher der Wert kommt',
  upload: 'Datei hochladen oder hier ablegen',
  show: 'Eingabe anzeigen',
  hide: 'Eingabe verbergen',
  empty: 'Der Wert ist leer. Mindestens ein Zeichen eingeben.',
  tooLarge: (size) => `Der Wert hat ${size}; erlaubt ist höchstens 1 MiB.`,
  notTaken: (name, size) => `${name} wurde nicht übernommen: Die Datei hat ${size}.`,
  keepFormer: 'Eingabe behalten',
  file: (name, size) => `${name}, ${size}, Byte für Byte übernommen`,
  takeOff: 'Entfernen',
  takeBreakOff: 'Zeilenumbruch entfernen',
  lines: (count) => `${numberText(count)} Zeilen`,
  privateKey: 'ein privater Schlüssel',
  lostBreaks:
    'Das Eingefügte hat Zeilenumbrüche von Windows (CR LF). In diesem Feld werden sie zu LF. Die Datei wählen, um jedes Byte zu behalten.',
  endsWithBreak: 'endet mit einem Zeilenumbruch',
  outerSpace: 'beginnt oder endet mit einem Leerzeichen',
  type: 'Art',
  characters: 'Zeichen',
  bytes: 'Bytes',
  rotateEvery: 'Ein neuer Wert alle',
  never: 'nie, oder 30d',
  generateHelp: 'Der Operator generiert den Wert im Cluster. Niemand sieht ihn, bis er angezeigt wird.',
  badLength: 'Zwischen 8 und 1024.',
  badDuration: 'Eine Dauer wie 30d, 12h oder 1d2h3m4s angeben.',
};

export const secrets: PageTexts['secrets'] = {
  title: 'Secrets',
  about: {
    mine: 'Passwörter, Token und Schlüssel: für Jobs und zum Teilen mit anderen.',
    shared: 'Secrets anderer, die eigene Jobs verwenden können.',
    granted: 'Wer auf eigene Secrets Zugriff hat, und bis wann.',
  },
  filter: 'Welche Secrets',
  allSecrets: 'Alle',
  filters: {
    rotate: 'Bald zu rotieren',
    unused: 'Weder verwendet noch geteilt',
    shared: 'Mit anderen geteilt',
    plain: 'Im Klartext',
    problem: 'Nicht verwendbar',
  },
  rotateBy: 'Rotieren bis',
  rotateByHelp:
    'Eine Erinnerung: Die Listen kennzeichnen das Secret ab zwei Wochen vor diesem Tag. Von selbst ändert sich nichts.',
  rotateUnfinished: 'Ein Teil des Datums fehlt. Vervollständigen oder das Datum leeren.',
  rotatePast: 'Dieser Tag ist vorbei. Heute oder einen späteren Tag wählen, oder das Datum leeren.',
  rotateHelp:
    'Der Wert soll bis zu diesem Tag ersetzt werden. Beim Bearbeiten bekommt das Secret einen neuen Wert und ein neues Datum.',
  rotateSoon: (day) => `bis ${day} rotieren`,
  rotateOverdue: 'Rotation überfällig',
  rotateOverdueHelp: (day) =>
    `Der Wert sollte bis ${day} ersetzt werden. Beim Bearbeiten bekommt das Secret einen neuen Wert und ein neues Datum.`,
  rotateUnreadable: 'rotieren bis ?',
  rotateUnreadableHelp: 'Die Annotation neu.ro/rotate-by ist kein Datum wie 2027-01-31.',
  rotateNext:
    'Der Wert ist neu, das Datum aber noch das alte. Das nächste Datum zum Rotieren wählen oder das Feld leeren.',
  tags: 'Tags',
  what: 'Secrets',
  whatShared: 'geteilte Secrets',
  which: 'Wessen Secrets',
  mine: 'Meine',
  sharedWithMe: 'Mit mir geteilt',
  sharedRefused: (namespace) => `Keine Berechtigung: ansehen, was andere mit dem Namespace ${namespace} teilen.`,
  search: 'Secrets suchen',
  keys: 'Tasten: / suchen · a hinzufügen · i importieren · Strg-K gehe zu · ? alle',
  key: 'Schlüssel',
  keyHelp: 'Buchstaben, Ziffern und _ . -',
  value: 'Wert',
  description: 'Beschreibung',
  descriptionHelp: 'Zweck (nicht geheim)',
  sharedWith: 'Geteilt mit',
  usedBy: 'Verwendet von',
  version: 'Version',
  import: {
    button: 'Importieren',
    title: 'Aus einer .env-Datei importieren',
    help: 'Zeilen wie KEY=wert einfügen oder eine Datei hier ablegen. Gespeichert wird erst mit „Speichern“.',
    lines: 'Zeilen',
    example: "DB_PASSWORD='…'\nAPI_TOKEN=…",
    preview: 'Was gespeichert würde',
    line: 'Zeile',
    what: 'Was passiert',
    isNew: 'neu',
    replaces: 'ersetzt den Wert',
    keeps: 'vorhanden, bleibt erhalten',
    saved: 'gespeichert',
    notSaved: 'nicht gespeichert',
    notImported: 'nicht importiert',
    hasReference: 'Ein $NAME im Wert bleibt, wie es ist.',
    replace: (count) =>
      plural(count, {
        one: 'Den Wert des vorhandenen Schlüssels ersetzen',
        other: `Die Werte von ${numberText(count)} vorhandenen Schlüsseln ersetzen`,
      }),
    more: (count) => plural(count, { one: 'Und 1 weitere Zeile.', other: `Und ${numberText(count)} weitere Zeilen.` }),
    save: (count) => plural(count, { one: '1 Secret speichern', other: `${numberText(count)} Secrets speichern` }),
    saving: (count, all) => `${numberText(count)} von ${numberText(all)} gespeichert`,
    done: (count) =>
      plural(count, {
        one: '1 Secret wurde gespeichert.',
        other: `${numberText(count)} Secrets wurden gespeichert.`,
      }),
    partly: (saved, all, failed) =>
      `${numberText(saved)} von ${numberText(all)} gespeichert; ${numberText(failed)} fehlgeschlagen`,
    tooLarge: (name, size) => `${name === '' ? 'Der Text' : name} hat ${size}; ein Import umfasst höchstens 1 MiB.`,
    words: {
      empty: 'der Wert ist leer; ein Secret hat mindestens ein Byte',
      noValue: 'kein Wert angegeben; KEY=WERT schreiben',
      repeated: (line) => `Zeile ${line} hat noch einmal denselben Namen`,
      utf16: 'die Datei ist in UTF-16 statt in UTF-8; als UTF-8 speichern',
      nul: (line) =>
        `die Datei ist kein Text: Zeile ${line} enthält ein NUL; als UTF-8 speichern und Binärwerte in Dateien ablegen`,
      notUtf8: (line) =>
        `die Datei ist nicht in UTF-8 (Zeile ${line}); als UTF-8 speichern und Binärwerte in Dateien ablegen`,
      noAssignment: 'keine Zuweisung; KEY=WERT schreiben',
      badKey: (name) =>
        `${name === '' ? 'Der Schlüssel ist leer' : `${JSON.stringify(name)} ist kein Schlüssel`}; erlaubt sind 1 bis 253 Zeichen: Buchstaben, Ziffern und _ . -`,
      noName: 'vor dem = steht kein Name',
      needsQuotes: "ein Wert über mehrere Zeilen steht in Anführungszeichen: KEY='-----BEGIN …'",
      openQuote: (quote) => `das Anführungszeichen ${quote} ist nicht geschlossen; danach wurde nichts gelesen`,
      afterQuote: (quote) => `nach dem schließenden ${quote} steht noch etwas`,
    },
    refused: (why) => `Nichts davon ist lesbar: ${why}.`,
    nothing: 'Keine Zuweisung gefunden. In jede Zeile KEY=WERT schreiben.',
    tooMany: (count, most) =>
      `${numberText(count)} Zuweisungen gefunden; höchstens ${numberText(most)} werden auf einmal gespeichert.`,
  },
  addTitle: 'Secret hinzufügen',
  addFirst: 'Secret hinzufügen',
  addCommand: "neuro secret add db-password '…'",
  orCommand: 'oder',
  none: 'Noch keine Secrets',
  noneSuch: (filter) => `Keine Secrets entsprechen dem Filter „${filter}“`,
  several: (key) => `Mehrere Secrets hier wollen den Schlüssel ${key}. Eines davon in der Liste wählen.`,
  noSuch: (key) => `Hier gibt es kein Secret ${key}. Möglicherweise wurde es gelöscht.`,
  noneHelp:
    'Hier ein Passwort, ein Token oder einen Schlüssel ablegen und in einem Job als Variable oder Datei verwenden.',
  allOf: (namespace) => `Alle Secrets von ${namespace}`,
  omitted: ({ namespace, omitted }) =>
    plural(omitted, {
      one: `Ein weiteres Secret von ${namespace} ist mit mir geteilt; die Liste hat keinen Platz dafür.`,
      other: `${numberText(omitted)} weitere Secrets von ${namespace} sind mit mir geteilt; die Liste hat keinen Platz dafür.`,
    }),
  noneShared: 'Noch nichts mit mir geteilt',
  noneSharedHelp: (namespace) =>
    `Sobald jemand ein Secret mit mir oder mit den Jobs von ${namespace} teilt, erscheint es hier.`,
  exists: (key) =>
    `Ein Secret ${key} ist bereits vorhanden. Einen anderen Schlüssel wählen oder das vorhandene bearbeiten.`,
  notSavedKey: (key) => `${key} wurde nicht gespeichert`,
  notSaved: 'Nicht gespeichert. Die Eingaben sind noch da',
  notRemoved: (key) => `${key} wurde nicht gelöscht`,
  notRead: 'Der Wert kann nicht gelesen werden',
  notYet: 'Das Secret hat im Cluster noch keinen Wert. Sein Status zeigt, warum.',
  hidden: 'Verborgener Wert',
  reveal: (key) => `${key} anzeigen`,
  hide: (key) => `${key} verbergen`,
  copyValue: (key) => `Wert von ${key} kopieren`,
  valueOf: (key) => `Wert von ${key}`,
  binary: (size) => `Binärdaten, ${size}`,
  binaryNotCopied:
    'Der Wert ist binär und kann nicht als Text kopiert werden. Nach dem Anzeigen lässt er sich herunterladen.',
  hidesAgain: (size) => `${size}. Nach einer halben Minute wieder verborgen.`,
  nobody: 'Niemand sonst',
  sharedWithLabel: (key) => `${key} ist geteilt mit`,
  unused: 'Kein Job',
  pending: 'wartet auf den Operator',
  generated: 'generiert',
  generatedHelp: 'Der Operator hat den Wert erzeugt.',
  follows: 'folgt',
  followsHelp: 'Übernimmt den Wert eines nativen Secrets oder einer ConfigMap.',
  copy: 'Kopie',
  keepCopy: 'Kopie behalten',
  keepCopyLabel: (uri) => `Kopie behalten: ${uri}`,
  copyHelp: (source) => `Folgt ${source}, solange dieser Namespace eine Kopie behalten darf. ${copySentence}`,
  rotating: (isWaiting) => (isWaiting ? 'rotiert: wartet auf den Hook' : 'Rotation fehlgeschlagen'),
  rotateHook: 'Hook der Rotation',
  nextAttempt: 'Nächster Versuch des Hooks',
  composed: 'zusammengesetzt',
  composedHelp: 'Mit einer Vorlage aus anderen Secrets zusammengesetzt und folgt ihnen.',
  plaintext: 'im Klartext',
  plaintextHelp:
    'Der Wert steht lesbar im Objekt: Wer das Objekt lesen kann, kann auch ihn lesen. Beim Bearbeiten hier wird das Secret versiegelt.',
  oldKey: 'alter Schlüssel',
  oldKeyHelp:
    'Mit einem älteren Schlüssel des Clusters versiegelt. Den Wert neu eingeben oder neuro secret reseal ausführen.',
  notReady: (reason) => `Nicht verwendbar: ${reason}`,
  shareLabel: (key) => `${key} teilen`,
  editLabel: (key) => `${key} bearbeiten`,
  removeLabel: (key) => `${key} löschen`,
  moreLabel: (key) => `Mehr zu ${key}`,
  useInJob: 'In einem Job verwenden',
  details: 'Einzelheiten',
  rotate: 'Neuen Wert erzeugen',
  rotated: (key) => `Ein neuer Wert für ${key} wurde angefordert. Laufende Jobs behalten den alten.`,
  removeTitle: (key) => `${key} löschen?`,
  removeJobs: (count) => runningJobsKeep(count, 'den Wert vom Start.'),
  removeSubjects: (subjects) => `Das Secret ist geteilt mit ${subjects}.`,
  removeStaying: (subjects) =>
    `Die Freigaben für ${subjects} bleiben und gelten wieder für ein neues Secret mit diesem Namen.`,
  removeUnseen:
    'Mit wem es geteilt ist, ist hier nicht zu sehen. Diese Freigaben bleiben und gelten wieder für ein neues Secret mit diesem Namen.',
  grantsNotDeleted: 'Freigaben nicht gelöscht',
  grantsLeft: (subjects, why) =>
    `Das Secret ist gelöscht. Die Freigaben für ${subjects} sind es nicht und gelten wieder für ein neues Secret mit seinem Namen. ${why}`,
  noUndo: 'Das kann nicht rückgängig gemacht werden.',
  confirm: 'Ja, löschen',
  editTitle: (key) => `${key} bearbeiten`,
  newValue: 'Neuer Wert',
  newValueHelp: 'Leer lassen, um den Wert zu behalten.',
  changedMeanwhile: 'Der Wert wurde inzwischen von jemandem geändert. Ein neuer Wert von hier ersetzt diese Änderung.',
  endsSource: (source) =>
    source === 'generated'
      ? 'Das beendet die Rotation: Der Operator erzeugt keine Werte mehr.'
      : 'Das Secret folgt dann nicht mehr dem, woher es seinen Wert jetzt nimmt.',
  onRevoke: 'Wenn jemand den Zugriff verliert',
  onRevokeContinue: 'Laufende Jobs behalten den Wert',
  onRevokeTerminate: 'Laufende Jobs damit enden',
  jobsKeep: (count) => runningJobsKeep(count, 'den alten Wert.'),
  log: 'Protokoll',
  showLog: 'Anzeigen, wer es geändert, geteilt und verwendet hat',
  uri: 'URI',
  owner: 'Eigentümer',
  source: 'Quelle',
  sources: {
    sealed: 'Versiegelt',
    plain: 'Im Klartext',
    generated: 'Generiert',
    reference: 'Folgt einem Secret oder einer ConfigMap',
    template: 'Aus anderen zusammengesetzt',
    copy: 'Kopie',
  },
  template: 'Vorlage',
  from: 'Wert aus',
  copyOf: 'Kopie von',
  copies: 'Kopien',
  copiesIn: (count, namespaces) =>
    `${numberText(count)}, in ${namespaces.join(', ')}${count > namespaces.length ? ', …' : ''}`,
  updated: 'Aktualisiert',
  created: 'Erstellt',
  nextRotation: 'Nächster neuer Wert',
  sealedWith: 'Versiegelt mit Schlüssel',
  objectName: 'Objekt',
  nativeSecret: 'Natives Secret',
  jobsUsing: 'Jobs, die es gerade verwenden',
  noJobs: 'Kein laufender oder wartender Job verwendet es.',
  jobsElsewhere: (count) => `${jobCount(count)} anderer`,
  replaceLabel: (key) => `Wert von ${key} ersetzen`,
  replaceTitle: (uri) => `Wert von ${uri} ersetzen`,
  replaceHelp: (owner) =>
    `${owner} erlaubt, dieses Secret zu ersetzen. Der alte Wert ist nicht sichtbar; laufende Jobs behalten ihn.`,
  replaced: (uri) => `${uri} hat einen neuen Wert.`,
};

export const history: PageTexts['history'] = {
  title: 'Verlauf',
  help: 'Frühere Werte werden in diesem Namespace aufbewahrt. Wer hier Secrets lesen kann, kann sie lesen.',
  none: 'Kein früherer Wert ist aufbewahrt.',
  replaced: 'Ersetzt',
  by: 'Gesetzt von',
  jobs: 'Verwendet von',
  inForce: 'gültig',
  rollBackShort: 'Zurücksetzen',
  rollBack: (version) => `Zurücksetzen auf ${version}`,
  question: (key, version) =>
    `Den früheren Wert ${version} von ${key} wieder einsetzen? Laufende Jobs behalten den Wert, mit dem sie gestartet sind.`,
  endsRotation: 'Das Secret wird dann nicht mehr generiert.',
  confirm: 'Ja, zurücksetzen',
  notKept: 'Dieser Wert ist nicht mehr aufbewahrt.',
  notDone: (key) => `${key} wurde nicht zurückgesetzt`,
  done: (key, version) => `${key} ist wieder auf dem Stand ${version}.`,
};
