/** Texts of the sources of a secret that are no typed value. */
import { numberText } from '../../language/local.ts';
import { pairWords } from '../../../../api/index.ts';
import { templateWords } from '../../../../client/index.ts';

export const sources = {
  kinds: {
    give: 'Type or file',
    pair: 'Certificate pair (TLS)',
    generate: 'Generate',
    template: 'Template of other secrets',
    secret: 'Key of a native Secret',
    configMap: 'Key of a ConfigMap',
  },
  fromCluster: 'Made or kept in the cluster',
  templateWords,
  pairWords,
  badName: 'Enter the name of the object: lower-case letters, digits, - and .',
  badKey: 'Choose or enter the key in it.',
  templateText: 'Text',
  templateHelp:
    'The text is not secret: anyone who can see the secret can read it. $(NAME) stands for the value of another secret, $$ for a dollar sign.',
  templateExample: 'postgres://$(user):$(password)@db.example.com/app',
  part: (name: string) => `$(${name}) is`,
  choose: 'Choose',
  noSecret: 'No such secret here',
  encode: 'Written',
  encodeOf: (name: string) => `How $(${name}) is written`,
  encodings: { None: 'unchanged', Percent: 'for a URL (%XX)', Base64: 'as Base64', JSON: 'as a JSON string' },
  waits: 'It has no value yet. The composed value waits for it.',
  configMap: 'ConfigMap',
  configMapHelp:
    'The secret follows its changes. Use it for what is not secret, such as a host or a certificate authority.',
  nativeSecret: 'Name of the native Secret',
  keyIn: 'Key in it',
  wholePair: 'the certificate pair',
  secretHelp: 'The secret follows its changes. You need the right to read that Secret; its values are not shown here.',
  noNative: (name: string) => `There is no Secret ${name} in this namespace yet. The secret waits for it.`,
  mayNotRead: (name: string) => `You may not read the Secret ${name}, so the cluster will not accept it.`,
  isHeld: (name: string, secret: string) =>
    `The Secret ${name} holds the value of your secret ${secret}, so it is there already.`,
  pairParts: {
    'tls.crt': 'Certificate, with its chain (tls.crt)',
    'tls.key': 'Private key (tls.key)',
    'ca.crt': 'Certificates of the authority (ca.crt), optional',
  },
  pairHelp: 'In PEM, as text or from a file. Jobs, an Ingress and others use the parts of one renewal together.',
  otherKey: 'The private key is not the one of the certificate.',
  certificateFor: (names: string, issuer: string) => `The certificate is for ${names}, issued by ${issuer}.`,
  validFrom: (day: string) => `It is valid from ${day}.`,
  validUntil: (day: string) => `It is valid until ${day}.`,
  validEnded: (day: string) => `It expired on ${day}.`,
  file: 'File',
  fileOf: (part: string) => `File for: ${part}`,
  hook: 'Wait for the hook',
  noHook: 'no hook',
  noHooks: 'no suspended job is here',
  hookGone: (name: string) => `${name} (not here, or not suspended)`,
  hookHelp:
    'Each new value is in force only when a copy of this suspended job has succeeded with it. Until then the former value stays.',
  fromSecret: (name: string, key: string) => `Secret ${name}, ${key}`,
  fromConfigMap: (name: string, key: string) => `ConfigMap ${name}, ${key}`,
  partGone: (name: string) => `${name} (no such secret is here)`,
  lastRun: 'Last run',
  attempt: (count: number) =>
    count === 0
      ? 'A new value is made; the hook has not run yet'
      : `A new value waits; try ${numberText(count)} of the hook`,
  certificate: 'Certificate',
  showCertificate: 'Show names and dates',
  noCertificate: 'The value has no certificate that can be read.',
  partUris: (uri: string) => `A job uses one part, such as ${uri}.`,
  keep: 'Kept in history',
  keepDefault: 'default',
  keepHelp: 'Former values, 0 to 20. Anyone who can read Secrets here can read them.',
} as const;
