/** Specs of NeuroJobs, without their image: what the API server accepts, what it refuses with which sentence, and changes of every field. */
type Taken = readonly [what: string, spec: Record<string, unknown>];
type Refused = readonly [what: string, spec: Record<string, unknown>, sentence: RegExp];

const secret = { fromSecret: { name: 's' } };
const variable = (name: string, more: object = secret) => ({ env: [{ name, ...more }] });
const files = (...paths: readonly string[]) => ({ files: paths.map((path) => ({ path, ...secret })) });
const secrets = (length: number, prefix: string) =>
  Array.from({ length }, (_, index) => ({
    name: `${prefix.toUpperCase()}_${index}`,
    fromSecret: { name: `${prefix}-${index}` },
  }));
/** As many variables, each with a name of the greatest length, a secret of its own, and its name and namespace as long as can be. */
const longest = (length: number) =>
  Array.from({ length }, (_, index) => ({
    name: `V${String(index).padStart(255, '0')}`,
    fromSecret: { name: String(index).padStart(253, 's'), namespace: 'n'.repeat(63) },
  }));
const logins = (length: number) => Array.from({ length }, (_, index) => ({ name: `login-${index}` }));
const claim = (mountPath: string, readOnly = false) => ({
  mountPath,
  readOnly,
  persistentVolumeClaim: { claimName: 'home' },
});
const config = { mountPath: '/config', configMap: { name: 'c' } };

/** Every field that a job has, each with a value; `cancel` apart. */
export const everything: Record<string, unknown> = {
  description: 'd',
  tags: ['a', 'b'],
  command: ['sh', '-c'],
  args: ['env'],
  workingDir: '/work',
  imagePullPolicy: 'IfNotPresent',
  imagePullSecret: { name: 'login', namespace: 'alice' },
  env: [
    { name: 'A', value: '' },
    { name: '_B', fromSecret: { name: 's', namespace: 'alice' } },
  ],
  files: [{ path: '/etc/app/password', fromSecret: { name: 's' }, mode: 0o400 }],
  volumes: [
    { ...claim('/data'), subPath: 'a/b' },
    { mountPath: '/config', configMap: { name: 'c', items: [{ key: 'k', path: 'a/k', mode: 0o444 }] } },
    { mountPath: '/tmp', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
    { mountPath: '/cache', emptyDir: {} },
  ],
  shm: '1Gi',
  preset: 'cpu-small',
  resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: 1, memory: '1Gi', 'nvidia.com/gpu': 1 } },
  nodeSelector: { zone: 'a' },
  tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }, { operator: 'Exists' }],
  priorityClassName: 'low',
  schedulingGates: [{ name: 'example.com/quota' }],
  restartPolicy: 'OnFailure',
  lifeSpan: '1d2h3m4s',
  scheduleTimeout: '90s',
  ttlAfterFinished: '7d',
  http: { port: 8080 },
  tty: true,
  stdin: true,
  suspend: true,
  serviceAccountName: 'default',
  automountServiceAccountToken: false,
  securityContext: {
    runAsUser: 1000,
    runAsGroup: 1000,
    runAsNonRoot: true,
    fsGroup: 1000,
    supplementalGroups: [1001],
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  },
};

export const taken: readonly Taken[] = [
  ['with an image alone', {}],
  ['with every field', everything],
  [
    'with 32 distinct secrets, some of them used twice',
    { env: [...secrets(32, 's'), ...secrets(32, 's').map((item) => ({ ...item, name: `${item.name}_` }))] },
  ],
  ['with 200 variables', { env: Array.from({ length: 200 }, (_, index) => ({ name: `V${index}`, value: 'v' })) }],
  [
    'with 200 variables of the longest names',
    { env: longest(200).map(({ name }, index) => ({ ...longest(32)[index % 32], name })) },
  ],
  [
    'with one secret in 200 variables and 32 files',
    {
      env: Array.from({ length: 200 }, (_, index) => ({ name: `V${index}`, ...secret })),
      ...files(...Array.from({ length: 32 }, (_, index) => `/run/a/${index}`)),
    },
  ],
  ['with eight registry logins', { imagePullSecrets: logins(8) }],
  ['with 32 distinct secrets, logins among them', { env: secrets(24, 's'), imagePullSecrets: logins(8) }],
  ...[
    'localhost/a',
    'localhost:5000/a/b__c.d-e:v1.2_x',
    'Registry.example.com/team/app',
    '[::1]:5000/a:1',
    `busybox:1@sha256:${'0a'.repeat(32)}`,
    `busybox:${'t'.repeat(128)}`,
  ].map((image): Taken => [`with the image ${image.slice(0, 40)}`, { image }]),
  [
    'with the longest names that nodes and Pods know',
    {
      nodeSelector: { [`${'p'.repeat(253)}/${'N'.repeat(63)}`]: '', 'kubernetes.io/arch': 'arm64' },
      tolerations: [
        { key: `${'p'.repeat(253)}/${'N'.repeat(63)}`, value: '' },
        { key: '', operator: 'Exists' },
        { key: 'a', value: 'b' },
      ],
      schedulingGates: [{ name: `${'p'.repeat(253)}/${'N'.repeat(63)}` }, { name: 'gate' }],
      resources: { limits: { 'hugepages-2Mi': '4Mi', 'ephemeral-storage': '1Gi', 'example.com/a_b.C': 1, cpu: 1 } },
    },
  ],
  ['with files side by side', files('/a/b', '/a/bc', '/a/..b', '/a/.b')],
  ['with a file in a claim', { ...files('/home/user/.ssh/id_ed25519'), volumes: [claim('/home/user')] }],
];

export const refused: readonly Refused[] = [
  ['without an image', { image: '' }, /spec\.image: Invalid value: "": an image is a name such as/],
  ['with a space in the image', { image: 'a b' }, /spec\.image: Invalid value: "a b"/],
  ...['a\u001bb', 'a\u009bb', 'a\u202eb', 'a\u200bb'].map((image): Refused => [
    `with the hidden character in the image ${JSON.stringify(image)}`,
    { image },
    /spec\.image: .*no control characters and no invisible ones/,
  ]),
  ...['UPPER:x', 'a/UPPER', 'a:b:c', 'a@b', '/a', 'a/', 'a//b', 'a:', '-a', 'a:-b', 'http://a/b'].map(
    (image): Refused => [
      `with the image ${image}`,
      { image },
      /spec\.image: Invalid value: .*no container runtime takes this name/,
    ],
  ),
  ...[{ 'a b': 'x' }, { ok: 'x', a: 'b c' }, { '/a': 'x' }, { 'A.b/c': 'x' }, { [`${'p'.repeat(254)}/n`]: 'x' }].map(
    (nodeSelector): Refused => [
      `with the node selector ${JSON.stringify(nodeSelector).slice(0, 40)}`,
      { nodeSelector },
      /spec\.nodeSelector: .*names and values of labels/,
    ],
  ),
  ...[
    { key: 'a b', value: 'x' },
    { key: 'a', value: 'b c' },
    { key: 'a/b/c', operator: 'Exists' },
  ].map((toleration): Refused => [
    `with the toleration ${JSON.stringify(toleration)}`,
    { tolerations: [{ operator: 'Exists' }, toleration] },
    /spec\.tolerations: .*the key of a toleration and its value/,
  ]),
  ...['a b', '-a', 'a/b/c'].map((name): Refused => [
    `with the gate ${name}`,
    { schedulingGates: [{ name: 'ok' }, { name }] },
    /spec\.schedulingGates: .*the name of a gate/,
  ]),
  ...['gpu', 'Memory', 'cpu ', 'a b/c', 'hugepages-2'].flatMap((name): readonly Refused[] =>
    ['limits', 'requests'].map((part) => [
      `with the resource '${name}' in its ${part}`,
      { resources: { [part]: { cpu: 1, [name]: 1 } } },
      /spec\.resources: .*a resource is cpu, memory, ephemeral-storage or hugepages-SIZE, or has a prefix/,
    ]),
  ),
  ['with nine registry logins', { imagePullSecrets: logins(9) }, /spec\.imagePullSecrets: Too many: 9: .*at most 8/],
  [
    'with one registry login and several',
    { imagePullSecret: { name: 'login' }, imagePullSecrets: logins(1) },
    /spec\.imagePullSecrets: .*not both/,
  ],
  [
    'with 33 secrets, logins among them',
    { env: secrets(25, 's'), imagePullSecrets: logins(8) },
    /spec: .*at most 32 distinct secrets.*found 33/,
  ],
  [
    'with a dash in a variable',
    variable('a-b'),
    /spec\.env\[0\]\.name: Invalid value: "a-b": .*letters, digits and '_'/,
  ],
  ['with a digit before a variable', variable('1a'), /spec\.env\[0\]\.name: Invalid value: "1a"/],
  ['with a variable without a name', variable(''), /spec\.env\[0\]\.name: Invalid value: ""/],
  [
    'with a variable of ours',
    variable('NEURO_JOB_ID'),
    /spec\.env\[0\]\.name: Invalid value: "NEURO_JOB_ID": .*set by the operator/,
  ],
  [
    'with a variable that has no source',
    variable('A', {}),
    /spec\.env\[0\]: .*exactly one of value and fromSecret .*'A'; found none/,
  ],
  ['with a variable that has two', variable('A', { ...secret, value: 'v' }), /spec\.env\[0\]: .*'A'; found both/],
  [
    'with a variable twice',
    {
      env: [
        { name: 'A', ...secret },
        { name: 'B', ...secret },
        { name: 'A', value: 'v' },
      ],
    },
    /spec\.env: .*named once; more than once: \["?A"?\]/,
  ],
  [
    'with the longest of 200 variables twice',
    { env: [...longest(199), ...longest(199).slice(-1)].map(({ name }) => ({ name, ...secret })) },
    /spec\.env: .*named once; more than once: \["?V0+198"?\]/,
  ],
  [
    'with 232 secrets of the longest names',
    {
      env: longest(200),
      files: longest(232)
        .slice(200)
        .map(({ name, fromSecret }) => ({ path: `/run/${name}`, fromSecret })),
    },
    /spec: .*at most 32 distinct secrets.*found 232/,
  ],
  [
    'with a bad name of a secret',
    variable('A', { fromSecret: { name: 'DB_PASSWORD' } }),
    /spec\.env\[0\]\.fromSecret\.name: Invalid value: "DB_PASSWORD": .*metadata\.name, not its key/,
  ],
  [
    'with a bad namespace of a secret',
    variable('A', { fromSecret: { name: 's', namespace: 'a/b' } }),
    /spec\.env\[0\]\.fromSecret\.namespace: Invalid value: "a\/b"/,
  ],
  ['with a relative path', files('a/b'), /spec\.files\[0\]\.path: Invalid value: "a\/b": .*absolute/],
  ['with the path /', files('/'), /spec\.files\[0\]\.path: Invalid value: "\/": .*not '\/' itself/],
  [
    'with .. in a path',
    files('/a/../b'),
    /spec\.files\[0\]\.path: Invalid value: "\/a\/\.\.\/b": .*no '\.' and no '\.\.'/,
  ],
  ['with .. at the end of a path', files('/a/..'), /spec\.files\[0\]\.path: .*no '\.\.'/],
  ['with . in a path', files('/a/./b'), /spec\.files\[0\]\.path: .*no '\.' and/],
  ['with // in a path', files('/a//b'), /spec\.files\[0\]\.path: .*no '\/\/'/],
  ['with / at the end of a path', files('/a/'), /spec\.files\[0\]\.path: .*does not end with '\/'/],
  ['with : in a path', files('/a:ro'), /spec\.files\[0\]\.path: .*no ':'/],
  ['with a line break in a path', files('/a\nb'), /spec\.files\[0\]\.path: .*no control characters/],
  ['with a path in /proc', files('/proc/self/environ'), /spec\.files\[0\]\.path: .*belong to the kernel/],
  ['with a path that Kubernetes makes', files('/etc/hosts'), /spec\.files: .*\/etc\/hosts.*made by Kubernetes/],
  [
    'with a path twice',
    files('/a', '/b', '/a'),
    /spec\.files: .*each path is used once; more than once: \["?\/a"?, "?\/a"?\]/,
  ],
  [
    'with a file that is a folder of another',
    files('/a/b/c', '/a'),
    /spec\.files: .*cannot be a folder of another one: \["?\/a"?\]/,
  ],
  [
    'with a mode in decimal',
    { files: [{ path: '/a', ...secret, mode: 640 }] },
    /spec\.files\[0\]\.mode: Invalid value: 640: .*0 to 0777 in octal/,
  ],
  [
    'with a file and a volume on one path',
    { ...files('/data'), volumes: [claim('/data')] },
    /spec\.volumes: .*on or under a file: \["?\/data"?\]/,
  ],
  [
    'with a volume under a file',
    { ...files('/data'), volumes: [claim('/data/x')] },
    /spec\.volumes: .*on or under a file: \["?\/data\/x"?\]/,
  ],
  [
    'with a file in a ConfigMap',
    { ...files('/config/x'), volumes: [config] },
    /spec\.files: .*read-only volume: \["?\/config\/x"?\]/,
  ],
  [
    'with a file in a read-only claim',
    { ...files('/data/x'), volumes: [claim('/data', true)] },
    /spec\.files: .*read-only volume/,
  ],
  [
    'with two volumes on one path',
    { volumes: [claim('/data'), { mountPath: '/data', emptyDir: {} }] },
    /spec\.volumes: .*each mountPath is used once/,
  ],
  ['with a volume of no kind', { volumes: [{ mountPath: '/data' }] }, /spec\.volumes\[0\]: .*'\/data'; found none/],
  [
    'with a volume of two kinds',
    { volumes: [{ ...config, emptyDir: {} }] },
    /spec\.volumes\[0\]: .*'\/config'; found more/,
  ],
  [
    'with a path out of a volume',
    { volumes: [{ ...claim('/data'), subPath: '../x' }] },
    /spec\.volumes\[0\]\.subPath: Invalid value: "\.\.\/x"/,
  ],
  [
    'with /dev/shm twice',
    { shm: '1Gi', volumes: [{ mountPath: '/dev/shm', emptyDir: {} }] },
    /spec\.volumes: .*taken by shm/,
  ],
  ['with shm that is no size', { shm: 'big' }, /spec\.shm: Invalid value: "big": .*128Mi/],
  ['with shm that takes an hour to read', { shm: '1e-2000' }, /spec\.shm: Invalid value: "1e-2000": .*128Mi/],
  [
    'with a volume of such a size',
    { volumes: [{ mountPath: '/v', emptyDir: { sizeLimit: '1E+2000' } }] },
    /spec\.volumes\[0\]\.emptyDir\.sizeLimit: Invalid value: "1E\+2000": .*128Mi/,
  ],
  [
    'with resources of such a size',
    { resources: { requests: { cpu: '1e2000' }, limits: { cpu: '1e2000' } } },
    /spec\.resources\.requests\[cpu\]: Invalid value: "1e2000": .*128Mi/,
  ],
  [
    'with a request that is no quantity, beside a limit',
    { resources: { requests: { cpu: 'some' }, limits: { cpu: 1 } } },
    /spec\.resources\.requests\[cpu\]: Invalid value: "some": .*128Mi/,
  ],
  [
    'with a limit that is no quantity, beside a request',
    { resources: { requests: { cpu: 1 }, limits: { cpu: 'some' } } },
    /spec\.resources\.limits\[cpu\]: Invalid value: "some": .*128Mi/,
  ],
  ['with shm of zero', { shm: 0 }, /spec\.shm: Invalid value: 0: .*above zero/],
  [
    'with a negative limit',
    { resources: { limits: { cpu: '-1' } } },
    /spec\.resources\.limits\[cpu\]: Invalid value: "-1": .*not negative/,
  ],
  [
    'with a request above its limit',
    { resources: { requests: { cpu: 2 }, limits: { cpu: '1500m' } } },
    /spec\.resources: .*not above the limit/,
  ],
  ['with a bad life span', { lifeSpan: '1 day' }, /spec\.lifeSpan: Invalid value: "1 day": .*1d2h3m4s/],
  ['with a life span of zero', { lifeSpan: '0s' }, /spec\.lifeSpan: Invalid value: "0s": .*above zero/],
  ['with an empty life span', { lifeSpan: '' }, /spec\.lifeSpan: Invalid value: ""/],
  ['with a bad schedule timeout', { scheduleTimeout: '5' }, /spec\.scheduleTimeout: Invalid value: "5"/],
  ['with a bad time to live', { ttlAfterFinished: '1h1d' }, /spec\.ttlAfterFinished: Invalid value: "1h1d"/],
  ['with a port of more than 32 bits', { http: { port: 2 ** 31 } }, /spec\.http\.port: .*a port is 1 to 65535/],
  ['with port 0', { http: { port: 0 } }, /spec\.http\.port: Invalid value: 0: a port is 1 to 65535/],
  ['with port 65536', { http: { port: 65_536 } }, /spec\.http\.port: Invalid value: 65536/],
  [
    'with an unknown restart policy',
    { restartPolicy: 'Sometimes' },
    /spec\.restartPolicy: Unsupported value: "Sometimes": .*"Never", "OnFailure", "Always"/,
  ],
  [
    'with a capability that no container has',
    { securityContext: { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
    /spec\.securityContext\.capabilities\.add\[0\]: Unsupported value: "SYS_ADMIN"/,
  ],
  [
    'with a capability added to all others',
    { securityContext: { capabilities: { add: ['KILL'] } } },
    /spec\.securityContext\.capabilities\.add: .*after all were dropped/,
  ],
  [
    'as root and not as root',
    { securityContext: { runAsNonRoot: true, runAsUser: 0 } },
    /spec\.securityContext\.runAsUser: .*not 0/,
  ],
  ['with a bad service account', { serviceAccountName: 'a:b' }, /spec\.serviceAccountName: Invalid value: "a:b"/],
  ['with a space in a tag', { tags: ['a b'] }, /spec\.tags\[0\]: Invalid value: "a b": .*no spaces/],
  ['with a tag twice', { tags: ['a', 'a'] }, /spec\.tags\[1\]: Duplicate value: "a"/],
  ['with 33 secrets in variables', { env: secrets(33, 's') }, /spec: .*at most 32 distinct secrets.*found 33/],
  [
    'with 33 secrets in variables, files and login',
    {
      env: secrets(16, 'e'),
      files: secrets(16, 'f').map(({ fromSecret }, index) => ({ path: `/run/${index}`, fromSecret })),
      imagePullSecret: { name: 'login' },
    },
    /spec: .*at most 32 distinct secrets.*found 33/,
  ],
  [
    'with secrets that differ in the namespace only',
    {
      env: Array.from({ length: 33 }, (_, index) => ({
        name: `A${index}`,
        fromSecret: { name: 's', namespace: `n${index}` },
      })),
    },
    /spec: .*found 33/,
  ],
];

/** Fields of which a job has one, with what it has otherwise. */
export const instead: Record<string, readonly [string, unknown, unknown]> = {
  imagePullSecrets: ['imagePullSecret', [{ name: 'a' }, { name: 'b', namespace: 'c' }], [{ name: 'a' }]],
};

/** For every field another value that is valid as well. */
export const otherwise: Record<string, unknown> = {
  image: 'busybox:2',
  description: 'e',
  tags: ['a'],
  command: ['sh'],
  args: [],
  workingDir: '/',
  imagePullPolicy: 'Never',
  imagePullSecret: { name: 'login' },
  env: [{ name: 'A', value: 'x' }],
  files: [{ path: '/etc/app/password', fromSecret: { name: 's' } }],
  volumes: [{ mountPath: '/cache', emptyDir: {} }],
  shm: '2Gi',
  preset: 'gpu',
  resources: { limits: { cpu: 2 } },
  nodeSelector: {},
  tolerations: [],
  priorityClassName: 'high',
  schedulingGates: [],
  restartPolicy: 'Always',
  lifeSpan: '1d',
  scheduleTimeout: '1m30s',
  ttlAfterFinished: '8d',
  http: { port: 8081 },
  tty: false,
  stdin: false,
  suspend: false,
  serviceAccountName: 'other',
  automountServiceAccountToken: true,
  securityContext: { runAsUser: 1001 },
};
