/** Texts in German, see `en/sources.ts`. */
import { numberText } from '../../language/local.ts';
import type { PageTexts } from '../catalogue.ts';

export const sources: PageTexts['sources'] = {
  kinds: {
    give: 'Eingabe oder Datei',
    pair: 'Zertifikatspaar (TLS)',
    generate: 'Generieren',
    template: 'Vorlage aus anderen Secrets',
    secret: 'Schlüssel eines nativen Secrets',
    configMap: 'Schlüssel einer ConfigMap',
  },
  fromCluster: 'Im Cluster erzeugt oder vorhanden',
  templateWords: {
    empty: 'der Text einer Vorlage ist leer; ein Secret enthält mindestens ein Byte',
    tooLong: (limit, length) => `der Text einer Vorlage hat höchstens ${limit} Zeichen; dieser hat ${length}`,
    open: 'nach einem $( fehlt die ); für die Zeichen $( selbst $$( schreiben',
    badName: (name) =>
      `$(${name}) kann kein Teil sein: Sein Name hat 1 bis 63 Buchstaben, Ziffern und „_“ und beginnt nicht mit einer Ziffer; für die Zeichen $( selbst $$( schreiben`,
    noPart: 'der Text nennt kein Secret; dort, wo der Wert eines Secrets stehen soll, $(NAME) schreiben',
    tooMany: (limit, count) => `eine Vorlage hat höchstens ${limit} Teile; diese hat ${count}`,
    unknown: (name) => `für $(${name}) ist kein Secret gewählt`,
    itself: (key) => `„${key}“ kann kein Teil von sich selbst sein`,
    copy: 'eine Kopie kann kein Teil sein: Ihr Zugriff kann enden, und der zusammengesetzte Wert bliebe',
    deep: 'es ist eine Vorlage, die selbst eine Vorlage als Teil hat; Vorlagen können nur eine Ebene tief Teile sein',
  },
  pairWords: {
    tooLarge: (limit) => `ein Zertifikatspaar hat höchstens ${limit}`,
    keys: (count) =>
      `ein Zertifikatspaar enthält genau einen privaten Schlüssel in PEM ohne Passphrase; gefunden: ${count}`,
    encrypted:
      'der private Schlüssel ist verschlüsselt; ihn zuerst entschlüsseln, da niemand die Passphrase eingeben könnte',
    noCertificate: 'ein Zertifikatspaar enthält mindestens ein Zertifikat in PEM',
  },
  badName: 'Den Namen des Objekts angeben: Kleinbuchstaben, Ziffern, - und .',
  badKey: 'Den Schlüssel darin wählen oder angeben.',
  templateText: 'Text',
  templateHelp:
    'Der Text ist nicht geheim: Wer das Secret sieht, kann ihn lesen. $(NAME) steht für den Wert eines anderen Secrets, $$ für ein Dollarzeichen.',
  templateExample: 'postgres://$(user):$(password)@db.example.com/app',
  part: (name) => `$(${name}) ist`,
  choose: 'Wählen',
  noSecret: 'Kein solches Secret vorhanden',
  encode: 'Schreibweise',
  encodeOf: (name) => `Schreibweise von $(${name})`,
  encodings: {
    None: 'unverändert',
    Percent: 'für eine URL (%XX)',
    Base64: 'als Base64',
    JSON: 'als JSON-Zeichenkette',
  },
  waits: 'Es hat noch keinen Wert. Der zusammengesetzte Wert wartet darauf.',
  configMap: 'ConfigMap',
  configMapHelp:
    'Das Secret folgt ihren Änderungen. Für das gedacht, was nicht geheim ist, etwa einen Host oder eine Zertifizierungsstelle.',
  nativeSecret: 'Name des nativen Secrets',
  keyIn: 'Schlüssel darin',
  wholePair: 'das Zertifikatspaar',
  secretHelp:
    'Das Secret folgt seinen Änderungen. Dazu ist das Recht nötig, das native Secret zu lesen; seine Werte werden hier nicht angezeigt.',
  noNative: (name) => `In diesem Namespace gibt es noch kein natives Secret ${name}. Das Secret wartet darauf.`,
  mayNotRead: (name) =>
    `Das native Secret ${name} darf nicht gelesen werden, daher wird der Cluster es nicht annehmen.`,
  isHeld: (name, secret) =>
    `Das native Secret ${name} enthält den Wert des Secrets ${secret}; es ist also schon vorhanden.`,
  pairParts: {
    'tls.crt': 'Zertifikat mit seiner Kette (tls.crt)',
    'tls.key': 'Privater Schlüssel (tls.key)',
    'ca.crt': 'Zertifikate der Zertifizierungsstelle (ca.crt), optional',
  },
  pairHelp:
    'In PEM, als Text oder aus einer Datei. Jobs, ein Ingress und andere verwenden die Teile einer Erneuerung zusammen.',
  otherKey: 'Der private Schlüssel gehört nicht zum Zertifikat.',
  certificateFor: (names, issuer) => `Das Zertifikat gilt für ${names}, ausgestellt von ${issuer}.`,
  validFrom: (day) => `Es gilt ab ${day}.`,
  validUntil: (day) => `Es gilt bis ${day}.`,
  validEnded: (day) => `Es ist am ${day} abgelaufen.`,
  file: 'Datei',
  fileOf: (part) => `Datei für: ${part}`,
  hook: 'Auf den Hook warten',
  noHook: 'kein Hook',
  noHooks: 'kein angehaltener Job vorhanden',
  hookGone: (name) => `${name} (nicht vorhanden oder nicht angehalten)`,
  hookHelp:
    'Jeder neue Wert gilt erst, wenn eine Kopie dieses angehaltenen Jobs mit ihm erfolgreich war. Bis dahin bleibt der frühere Wert.',
  fromSecret: (name, key) => `natives Secret ${name}, ${key}`,
  fromConfigMap: (name, key) => `ConfigMap ${name}: ${key}`,
  partGone: (name) => `${name} (kein solches Secret vorhanden)`,
  lastRun: 'Letzter Lauf',
  attempt: (count) =>
    count === 0
      ? 'Ein neuer Wert ist erzeugt; der Hook ist noch nicht gelaufen'
      : `Ein neuer Wert wartet; Versuch ${numberText(count)} des Hooks`,
  certificate: 'Zertifikat',
  showCertificate: 'Namen und Daten anzeigen',
  noCertificate: 'Der Wert enthält kein lesbares Zertifikat.',
  partUris: (uri) => `Ein Job verwendet einen einzelnen Teil, etwa ${uri}.`,
  keep: 'Im Verlauf behalten',
  keepDefault: 'Standard',
  keepHelp: 'Frühere Werte, 0 bis 20. Wer hier Secrets lesen darf, kann sie lesen.',
};
