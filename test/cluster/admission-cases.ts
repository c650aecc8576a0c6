/** Tables of what people write, and whether the admission policies take it. */
import type { UserSecretSpec } from '../../src/api/index.ts';
import { shellJob, userSecret, type grantTo } from '../support/in-cluster-objects.ts';
import { by, grant, group, inDays, toCarol } from './admission-world.ts';

export type Outcome = 'taken' | RegExp;
type GrantSpec = Partial<Parameters<typeof grantTo>[2]>;

const noShare = /Forbidden.*user 'bob' does not hold the verb share on/;
const byBob = { kind: 'User', name: 'bob' } as const;

/** What each may write as a new grant, in the namespace of Alice. */
export const newGrants: readonly (readonly [string, string, GrantSpec, Outcome])[] = [
  ['the role edit, one secret', 'alice', { secret: 'db' }, 'taken'],
  ['the role edit, every secret', 'alice', {}, 'taken'],
  ['the right to write grants alone', 'bob', { secret: 'db' }, noShare],
  ['the right to write grants alone, every secret', 'bob', {}, noShare],
  ['the right to write grants alone, naming himself', 'bob', { secret: 'db', grantedBy: byBob }, noShare],
  ['share on that secret, naming himself', 'bob', { secret: 'shareable', grantedBy: byBob }, 'taken'],
  [
    'share on that secret, and manage passed on',
    'bob',
    { secret: 'shareable', access: 'manage', grantedBy: byBob },
    'taken',
  ],
  [
    'share on that secret, naming nobody',
    'bob',
    { secret: 'shareable' },
    /set spec\.grantedBy to \{kind: User, name: 'bob'\}/,
  ],
  [
    'share on that secret, naming the owner',
    'bob',
    { secret: 'shareable', grantedBy: by('alice') },
    /the new grant names them/,
  ],
  [
    'share on that secret, naming his like',
    'bob',
    { secret: 'shareable', grantedBy: by('BOB') },
    /the new grant names them/,
  ],
  [
    'share on that secret, naming a group of his',
    'bob',
    { secret: 'shareable', grantedBy: group('system:authenticated') },
    'taken',
  ],
  [
    'share on that secret, naming another group',
    'bob',
    { secret: 'shareable', grantedBy: group('bob') },
    /the new grant names them/,
  ],
  [
    'share on that secret, naming a service account that is called so',
    'bob',
    { secret: 'shareable', grantedBy: { kind: 'ServiceAccount', namespace: 'bob', name: 'bob' } },
    /the new grant names them/,
  ],
  ['a role of the namespace, naming herself', 'alice', { secret: 'db', grantedBy: by('alice') }, 'taken'],
  ['an administrator', 'admin', { secret: 'anything' }, 'taken'],
  ['an administrator, naming somebody else', 'admin', { secret: 'anything', grantedBy: byBob }, 'taken'],
];

/** Everything that a patch can reach, and what each of them would do to the grant. */
export const patches: readonly (readonly [string, object])[] = [
  ['a label', { metadata: { labels: { a: 'b' } } }],
  ['an annotation', { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } } }],
  ['a finalizer', { metadata: { finalizers: ['example.com/hold'] } }],
  [
    'an owner that is gone',
    { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '0' }] } },
  ],
  ['its access', { spec: { access: 'write' } }],
  ['its end', { spec: { expiresAt: null } }],
  ['its description', { spec: { description: 'x' } }],
];

/** Grants that are there, and what Bob may do to them. */
export const standingGrants: readonly (readonly [string, GrantSpec, Outcome])[] = [
  ['over a secret that he may not share', { secret: 'db' }, noShare],
  ['over every secret', {}, noShare],
  [
    'of the owner over a secret that he may share',
    { secret: 'shareable' },
    /only the grants that they made: .* was made by the owner/,
  ],
  [
    'of somebody else over a secret that he may share',
    { secret: 'shareable', grantedBy: by('carol') },
    /only the grants that they made: .* was made by User 'carol'/,
  ],
  ['of the owner to himself', { secret: 'shareable', subject: byBob }, /only the grants that they made/],
  ['of his own', { secret: 'shareable', grantedBy: byBob }, 'taken'],
];

/** Over a secret, and for so long. */
const expires = (days: number) => ({ secret: 'db', subject: toCarol, expiresAt: inDays(days) });
/** What the rules that a cluster may switch on say to new objects. */
export const underRules: readonly (readonly [string, (namespace: string) => object, Outcome])[] = [
  ['plain values: a plain one', (at) => userSecret(at, 'n', { value: 'x' }), /no plain values: seal the value/],
  ['plain values: one in base64', (at) => userSecret(at, 'n', { valueBase64: 'eA==' }), /no plain values/],
  ['plain values: a generated one', (at) => userSecret(at, 'n', { generate: { type: 'Hex' } }), 'taken'],
  ['plain values: a reference', (at) => userSecret(at, 'n', { secretKeyRef: { name: 'native', key: 'k' } }), 'taken'],
  [
    'subjects: a group',
    (at) => grant(at, 'n', { ...expires(1), subject: { kind: 'Group', name: 'g' } }),
    /no grants to a Group: name a User or a ServiceAccount/,
  ],
  [
    'subjects: a namespace',
    (at) => grant(at, 'n', { ...expires(1), subject: { kind: 'Namespace', name: 'g' } }),
    /no grants to a Namespace/,
  ],
  [
    'subjects: a service account',
    (at) => grant(at, 'n', { ...expires(1), subject: { kind: 'ServiceAccount', name: 'a', namespace: 'b' } }),
    'taken',
  ],
  [
    'expiry: none',
    (at) => grant(at, 'n', { secret: 'db', subject: toCarol }),
    /end at most 30 days after their creation/,
  ],
  ['expiry: too late', (at) => grant(at, 'n', expires(31)), /end at most 30 days/],
  ['expiry: soon enough', (at) => grant(at, 'n', expires(29)), 'taken'],
  ['images: one that is named whole', (at) => shellJob(at, 'n', 'true', { image: 'busybox:1' }), 'taken'],
  [
    'images: one that only begins like it',
    (at) => shellJob(at, 'n', 'true', { image: 'busybox:1.36' }),
    /runs only images that its administrators named, and 'busybox:1.36' is none/,
  ],
  ['images: one of a folder', (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com/team/a/b:2' }), 'taken'],
  [
    'images: one of a folder that only begins like it',
    (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com/teammate/a' }),
    /none of them/,
  ],
  [
    'images: any tag of one',
    (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com/tools/git:2.50' }),
    'taken',
  ],
  [
    'images: another registry',
    (at) => shellJob(at, 'n', 'true', { image: 'registry.example.com.evil.example/team/a' }),
    /none of them/,
  ],
  [
    'images: the same name of another registry',
    (at) => shellJob(at, 'n', 'true', { image: 'evil.example/busybox:1' }),
    /none of them/,
  ],
];

export const template = { text: '$(a)', parts: [{ name: 'a', secret: 'db' }] };
/** Sources that reach further than the object, and who may set them. */
export const farSources: readonly (readonly [string, string, UserSecretSpec, 'taken' | 'refused'])[] = [
  ['a template: the role edit', 'alice', { template }, 'taken'],
  ['a template: the right to write UserSecrets, and to use one of them', 'bob', { template }, 'refused'],
  ['a hook: the role edit', 'alice', { generate: { type: 'Hex', rotateHook: 'any' } }, 'taken'],
  [
    'a hook: the right to write UserSecrets and NeuroJobs',
    'bob',
    { generate: { type: 'Hex', rotateHook: 'any' } },
    'taken',
  ],
  ['a hook: the right to write UserSecrets alone', 'dan', { generate: { type: 'Hex', rotateHook: 'any' } }, 'refused'],
  ['no hook: the right to write UserSecrets alone', 'dan', { generate: { type: 'Hex' } }, 'taken'],
  ['a ConfigMap: the role edit', 'alice', { configMapKeyRef: { name: 'any', key: 'k' } }, 'taken'],
  ['a ConfigMap: get on it', 'bob', { configMapKeyRef: { name: 'readable', key: 'k' } }, 'taken'],
  ['a ConfigMap: no right to it', 'bob', { configMapKeyRef: { name: 'other', key: 'k' } }, 'refused'],
];
