/** Specs of UserSecrets: what the API server accepts, and what it refuses with which sentence. */
type Taken = readonly [what: string, spec: Record<string, unknown>];
type Refused = readonly [what: string, spec: Record<string, unknown>, sentence: RegExp];

/** Stands for a value; it must be in no answer of the API server. */
export const CANARY = 'canary-5f0c';

export const taken: readonly Taken[] = [
  ['with a plain value', { value: CANARY }],
  ['with a value of one byte', { value: 'x' }],
  ['with a value of many lines', { value: 'a\nb\n' }],
  ['with base64 without padding', { valueBase64: 'YWJj' }],
  ['with base64 with one =', { valueBase64: 'YWI=' }],
  ['with base64 with two =', { valueBase64: '/w==' }],
  ['copied from another namespace', { sharedFrom: { namespace: 'platform', name: 'db-password' } }],
  [
    'with labels and annotations for its native Secret',
    {
      value: CANARY,
      secretMetadata: { labels: { team: 'a' }, annotations: { 'reloader.stakater.com/match': 'true' } },
    },
  ],
  [
    'with the longest names of labels and annotations, an empty value, and capitals in a prefix',
    {
      value: CANARY,
      secretMetadata: {
        labels: { [`${'p'.repeat(253)}/${'N'.repeat(63)}`]: '', 'a.b-c/A_b.c': `a_.-${'Z'.repeat(59)}` },
        annotations: { [`${'p'.repeat(253)}/${'N'.repeat(63)}`]: 'any text, \n of any kind', 'Example.COM/x': '' },
      },
    },
  ],
  ['sealed by hpke', { sealed: { value: 'v1.suite.0123456789abcdef.ZW5j.Y3Q_-' } }],
  ['sealed by kubeseal for the cluster', { sealed: { format: 'kubeseal', scope: 'cluster-wide', value: 'AgB+/w==' } }],
  ['sealed by hpke with the scope written out', { sealed: { format: 'hpke', scope: 'strict', value: 'v1.x' } }],
  ['generated', { generate: { type: 'Password', length: 24, alphabet: 'abc123!"#\\', rotateEvery: '30d' } }],
  [
    'as a certificate pair that another Secret has',
    { key: 'tls-combined.pem', type: 'kubernetes.io/tls', secretKeyRef: { name: 'web' } },
  ],
  ['generated as a key pair', { key: 'ssh-privatekey', type: 'kubernetes.io/ssh-auth', generate: { type: 'Ed25519' } }],
  ...['60s', '1m', '060s', '100s', '01m', '1h0s', '0m61s'].map((rotateEvery): Taken => [
    `made again after ${rotateEvery}`,
    { generate: { type: 'Hex', rotateEvery } },
  ]),
  ['taken from a native Secret', { secretKeyRef: { name: 'db-creds', key: 'password' } }],
  ['taken from a ConfigMap', { configMapKeyRef: { name: 'kube-root-ca.crt', key: 'ca.crt' } }],
  [
    'composed of others',
    {
      template: {
        text: 'postgres://$(user):$(password)@db?price=$$5&a=$b&c=$$(user)',
        parts: [
          { name: 'user', secret: 'db-user' },
          { name: 'password', secret: 'db-password', encode: 'Percent' },
        ],
      },
    },
  ],
  [
    'composed of as many parts as there can be, in the longest text',
    {
      template: {
        text: Array.from({ length: 16 }, (_, index) => `$(p${String(index)})`).join('') + 'x'.repeat(8_106),
        parts: Array.from({ length: 16 }, (_, index) => ({ name: `p${String(index)}`, secret: 'a', encode: 'JSON' })),
      },
    },
  ],
  [
    'composed of one part as often as the text has room for it',
    { template: { text: '$(a)'.repeat(2_048), parts: [{ name: 'a', secret: 'a' }] } },
  ],
  ['with an upper-case key', { key: 'DB_PASSWORD', value: 'x' }],
  ['with a key of 253 characters', { key: 'K'.repeat(253), value: 'x' }],
  ['as a registry login', { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson', value: '{"auths":{}}' }],
  [
    'with every other field',
    { value: 'x', secretName: 'other', description: 'd', onRevoke: 'Terminate', deletionPolicy: 'Orphan' },
  ],
  [
    'that is sealed by kubeseal for the most clusters',
    { sealed: { format: 'kubeseal', value: 'x', values: ['y', 'y', 'y'] } },
  ],
  ['that is sealed for the most clusters', { sealed: { value: 'v1.x', values: Array<string>(7).fill('v1.y') } }],
  ['that keeps no former value', { value: 'x', history: { keep: 0 } }],
  ['that keeps the most former values', { value: 'x', history: { keep: 20 } }],
];

export const refused: readonly Refused[] = [
  ['without a source', {}, /spec: Invalid value: exactly one of .* is needed; found \[\]/],
  [
    'with two sources',
    { value: CANARY, generate: { type: 'UUID' } },
    /spec: .*exactly one of .*found \["?value"?, "?generate"?\]/,
  ],
  ['with the key ..', { key: '..', value: CANARY }, /spec\.key: Invalid value: "\.\.": .*does not begin with '\.\.'/],
  ['with the key .', { key: '.', value: CANARY }, /spec\.key: Invalid value: "\.": a key is not '\.'/],
  [
    'with a space in the key',
    { key: 'a b', value: CANARY },
    /spec\.key: Invalid value: "a b": a key holds only letters/,
  ],
  [
    'with a slash in the key',
    { key: 'a/b', value: CANARY },
    /spec\.key: Invalid value: "a\/b": a key holds only letters/,
  ],
  ['with a non-ASCII key', { key: 'clé', value: CANARY }, /spec\.key: Invalid value: "clé": a key holds only letters/],
  ['with an empty key', { key: '', value: CANARY }, /spec\.key: .*this one has 0/],
  [
    'with a key of 254 characters',
    { key: 'k'.repeat(254), value: CANARY },
    /spec\.key: .*1 to 253 characters; this one has 254/,
  ],
  [
    'a copy that would be left behind',
    { sharedFrom: { namespace: 'platform', name: 'x' }, deletionPolicy: 'Orphan' },
    /spec\.deletionPolicy: .*would keep it without an end/,
  ],
  [
    'a copy of a namespace that cannot be',
    { sharedFrom: { namespace: 'Platform', name: 'x' } },
    /spec\.sharedFrom\.namespace: .*the name of a namespace has/,
  ],
  ...['neu.ro/managed-by', 'app.kubernetes.io/name', 'helm.sh/chart', 'argocd.argoproj.io/instance'].map(
    (key): Refused => [
      `with the label ${key} for its native Secret`,
      { value: CANARY, secretMetadata: { labels: { [key]: 'x' } } },
      /spec\.secretMetadata\.labels: .*say whose object it is/,
    ],
  ),
  [
    'with an annotation of Helm for its native Secret',
    { value: CANARY, secretMetadata: { annotations: { 'meta.helm.sh/release-name': 'x' } } },
    /spec\.secretMetadata\.annotations: .*say whose object it is/,
  ],
  ...['a b', '', '-a', 'a/b/c', '/a', 'A.b/c', 'a..b/c', 'n'.repeat(64), `${'p'.repeat(254)}/n`].map((key): Refused => [
    `with the label ${JSON.stringify(key.slice(0, 20))} for its native Secret`,
    { value: CANARY, secretMetadata: { labels: { ok: 'x', [key]: 'x' } } },
    /spec\.secretMetadata\.labels: .*the name of a label is at most 63/,
  ]),
  ...['a b', '-a', 'a-', 'é'].map((value): Refused => [
    `with the value ${JSON.stringify(value)} of a label for its native Secret`,
    { value: CANARY, secretMetadata: { labels: { ok: 'x', team: value } } },
    /spec\.secretMetadata\.labels: .*the value of a label is at most 63/,
  ]),
  ...['a b', 'a/b/c', 'n'.repeat(64)].map((key): Refused => [
    `with the annotation ${JSON.stringify(key.slice(0, 20))} for its native Secret`,
    { value: CANARY, secretMetadata: { annotations: { ok: 'x', [key]: 'x' } } },
    /spec\.secretMetadata\.annotations: .*the name of an annotation is at most 63/,
  ]),
  ['with an empty value', { value: '' }, /spec\.value: .*the value is empty/],
  ['with an empty base64 value', { valueBase64: '' }, /spec\.valueBase64: .*the value is empty/],
  ['with a space in base64', { valueBase64: `${CANARY} AA==` }, /spec\.valueBase64: .*not base64: only letters/],
  ['with a line break in base64', { valueBase64: 'YWJj\n' }, /spec\.valueBase64: .*no line breaks/],
  ['with base64url', { valueBase64: 'ab-_' }, /spec\.valueBase64: .*base64url/],
  ['with base64 that is cut', { valueBase64: 'YWJjZ' }, /spec\.valueBase64: .*multiple of 4.*found 5 characters/],
  ['with padding in the middle', { valueBase64: 'YQ==YQ==' }, /spec\.valueBase64: .*only at the end/],
  ['with three =', { valueBase64: 'A===' }, /spec\.valueBase64: .*only at the end/],
  ['with leftover bits that are not zero', { valueBase64: 'YR==' }, /spec\.valueBase64: .*leaves over are not zero/],
  [
    'with plain text as sealed',
    { sealed: { value: `my ${CANARY}` } },
    /spec\.sealed\.value: .*a plain value by mistake/,
  ],
  ['with an empty sealed value', { sealed: { value: '' } }, /spec\.sealed\.value: .*this one has 0/],
  [
    'sealed in an unknown format',
    { sealed: { format: 'pgp', value: 'x' } },
    /spec\.sealed\.format: Unsupported value: "pgp": .*"hpke"/,
  ],
  [
    'sealed by hpke for a namespace',
    { sealed: { scope: 'namespace-wide', value: 'x' } },
    /spec\.sealed\.scope: .*not 'namespace-wide'/,
  ],
  ['generated as something unknown', { generate: { type: 'Rsa' } }, /spec\.generate\.type: Unsupported value: "Rsa"/],
  [
    'generated too short',
    { generate: { type: 'Password', length: 7 } },
    /spec\.generate\.length: .*8 to 1024; found 7/,
  ],
  [
    'generated with more than 32 bits of length',
    { generate: { type: 'Password', length: 2 ** 31 } },
    /spec\.generate\.length: .*8 to 1024; found 2147483648/,
  ],
  [
    'generated with a length for a UUID',
    { generate: { type: 'UUID', length: 32 } },
    /spec\.generate\.length: .*type UUID has a fixed length/,
  ],
  [
    'generated with an alphabet for Hex',
    { generate: { type: 'Hex', alphabet: 'ab' } },
    /spec\.generate\.alphabet: .*found type Hex/,
  ],
  [
    'generated with a character twice',
    { generate: { type: 'Password', alphabet: 'abca' } },
    /spec\.generate\.alphabet: .*each character once/,
  ],
  [
    'generated with a non-ASCII alphabet',
    { generate: { type: 'Password', alphabet: 'aé' } },
    /spec\.generate\.alphabet: .*printable ASCII/,
  ],
  [
    'with a bad duration',
    { generate: { type: 'Hex', rotateEvery: '1w' } },
    /spec\.generate\.rotateEvery: Invalid value: "1w": .*1d2h3m4s/,
  ],
  [
    'with a duration of zero',
    { generate: { type: 'Hex', rotateEvery: '0d' } },
    /spec\.generate\.rotateEvery: Invalid value: "0d": .*above zero/,
  ],
  ...['59s', '0m59s', '0059s', '1s', '0d0h0m30s'].map((rotateEvery): Refused => [
    `made again after ${rotateEvery}`,
    { generate: { type: 'Hex', rotateEvery } },
    /spec\.generate\.rotateEvery: .*once a minute at most; write 1m or more/,
  ]),
  [
    'with the type of a token',
    { type: 'kubernetes.io/service-account-token', value: CANARY },
    /spec\.type: Invalid value: "kubernetes\.io\/service-account-token": .*allowed are Opaque/,
  ],
  [
    'with the type of a bootstrap token',
    { type: 'bootstrap.kubernetes.io/token', value: CANARY },
    /spec\.type: .*allowed are Opaque/,
  ],
  [
    'with the type of a Helm release',
    { type: 'helm.sh/release.v1', value: CANARY },
    /spec\.type: .*allowed are Opaque/,
  ],
  [
    'as a certificate pair under another key',
    { type: 'kubernetes.io/tls', value: CANARY },
    /spec\.key: .*needs the key 'tls-combined\.pem'/,
  ],
  [
    'as a certificate pair that is generated',
    { key: 'tls-combined.pem', type: 'kubernetes.io/tls', generate: { type: 'Hex' } },
    /spec\.key: .*its value is not generated/,
  ],
  [
    'from a Secret without a key',
    { secretKeyRef: { name: 'web' } },
    /spec\.secretKeyRef\.key: .*only type kubernetes\.io\/tls/,
  ],
  [
    'with a key that the type does not have',
    { key: 'x', type: 'kubernetes.io/basic-auth', value: CANARY },
    /spec\.key: .*needs the key 'username' or 'password'/,
  ],
  [
    'as a registry login under another key',
    { type: 'kubernetes.io/dockerconfigjson', value: CANARY },
    /spec\.key: .*needs the key '\.dockerconfigjson'/,
  ],
  [
    'as a generated registry login',
    { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson', generate: { type: 'UUID' } },
    /spec\.generate: .*never a registry login/,
  ],
  [
    'with a bad name of the native Secret',
    { secretName: 'A_b', value: CANARY },
    /spec\.secretName: Invalid value: "A_b": .*a-z, 0-9/,
  ],
  ['from a Secret without a name', { secretKeyRef: { key: 'k' } }, /spec\.secretKeyRef\.name: Required value/],
  [
    'from a bad key of a Secret',
    { secretKeyRef: { name: 'n', key: 'a b' } },
    /spec\.secretKeyRef\.key: Invalid value: "a b"/,
  ],
  [
    'from its own native Secret',
    { secretName: 'own', secretKeyRef: { name: 'own', key: 'k' } },
    /spec\.secretKeyRef\.name: .*writes itself/,
  ],
  ['from a ConfigMap without a key', { configMapKeyRef: { name: 'n' } }, /spec\.configMapKeyRef\.key: Required value/],
  ...(
    [
      ['with an unknown part', '$(a)$(b)', 'a', /every \$\(NAME\) of the text names a part/],
      ['whose part is not closed', '$(a)$(a', 'a', /every \$\(NAME\) of the text names a part/],
      ['that escapes its only part', '$$(a)', 'a', /spec\.template\.parts: .*uses each of its parts/],
      ['that is empty', '', 'a', /spec\.template\.text: .*is empty/],
      ['with a bad name of a part', '$(1)', '1', /does not begin with a digit/],
    ] as const
  ).map(([what, text, name, answer]): Refused => [
    `from a template ${what}`,
    { template: { text, parts: [{ name, secret: 'x' }] } },
    answer,
  ]),
  [
    'from a template with two parts of one name',
    {
      template: {
        text: '$(a)',
        parts: [
          { name: 'a', secret: 'x' },
          { name: 'a', secret: 'y' },
        ],
      },
    },
    /spec\.template\.parts\[1\]: Duplicate value/,
  ],
  [
    'from a template with an unknown encoding',
    { template: { text: '$(a)', parts: [{ name: 'a', secret: 'x', encode: 'Rot13' }] } },
    /Unsupported value: "Rot13": .*"Percent", "Base64", "JSON"/,
  ],
  [
    'with a value that is a number',
    { value: 12_345 },
    /spec\.value: Invalid value: "integer": .*must be of type string/,
  ],
  [
    'with an unknown policy',
    { value: CANARY, deletionPolicy: 'Keep' },
    /spec\.deletionPolicy: Unsupported value: "Keep": .*"Delete", "Orphan"/,
  ],
  [
    'that is sealed for too many clusters',
    { sealed: { value: 'v1.x', values: Array<string>(8).fill('v1.y') } },
    /spec\.sealed\.values: Too many: 8: must have at most 7 items/,
  ],
  [
    'that is sealed by kubeseal for more than four clusters',
    { sealed: { format: 'kubeseal', value: 'x', values: ['y', 'y', 'y', 'y'] } },
    /values has at most 3 of them/,
  ],
  [
    'that keeps too many former values',
    { value: CANARY, history: { keep: 21 } },
    /spec\.history\.keep: Invalid value: 21: .*less than or equal to 20/,
  ],
];
