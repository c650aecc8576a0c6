/** Objects of ours, and the health that Argo CD gives them. */
const conditions = (...words: readonly string[]): readonly unknown[] =>
  words.map((word) => {
    const [type = '', status = '', reason = 'Reason'] = word.split(/[= ]/);
    return { type, status, reason, message: `${type} because of ${reason}` };
  });
const object = (kind: string, status: unknown, spec: unknown = {}): unknown => ({
  apiVersion: 'neu.ro/v1',
  kind,
  metadata: { name: 'x', namespace: 'x', generation: 2 },
  spec,
  ...(status === undefined ? {} : { status }),
});
const seen = (...words: readonly string[]): unknown => ({ observedGeneration: 2, conditions: conditions(...words) });

export const healthCases: readonly (readonly [what: string, object: unknown, health: string])[] = [
  ['a UserSecret that nobody has seen', object('UserSecret', undefined), 'Progressing'],
  ['a UserSecret as it begins', object('UserSecret', { observedGeneration: -1 }), 'Progressing'],
  [
    'a UserSecret that has changed since',
    object('UserSecret', { observedGeneration: 1, conditions: conditions('Ready=True Synced') }),
    'Progressing',
  ],
  ['a UserSecret in place', object('UserSecret', seen('Ready=True Synced')), 'Healthy'],
  ['a UserSecret in plain text', object('UserSecret', seen('Plaintext=True', 'Ready=True Synced')), 'Healthy'],
  [
    'a UserSecret whose source is not there yet',
    object('UserSecret', seen('Ready=False SourceNotFound', 'Reconciling=True SourceNotFound')),
    'Progressing',
  ],
  [
    'a UserSecret that cannot be opened',
    object('UserSecret', seen('Ready=False CannotOpen', 'Stalled=True CannotOpen')),
    'Degraded',
  ],
  ['a SecretGrant that nobody has seen', object('SecretGrant', undefined), 'Progressing'],
  ['a SecretGrant in force', object('SecretGrant', seen('Ready=True Active')), 'Healthy'],
  [
    'a SecretGrant whose secret is not there yet',
    object('SecretGrant', seen('Ready=False SecretNotFound', 'Reconciling=True SecretNotFound')),
    'Progressing',
  ],
  [
    'a SecretGrant whose name is taken',
    object('SecretGrant', seen('Ready=False Conflict', 'Stalled=True Conflict')),
    'Degraded',
  ],
  ['a SecretGrant that is over', object('SecretGrant', seen('Expired=True Expired')), 'Healthy'],
  ['a NeuroJob that nobody has seen', object('NeuroJob', undefined), 'Progressing'],
  [
    'a NeuroJob that waits for secrets',
    object('NeuroJob', seen('Ready=False MissingSecrets', 'Reconciling=True MissingSecrets')),
    'Progressing',
  ],
  [
    'a NeuroJob behind a gate',
    object('NeuroJob', seen('Ready=False SchedulingGated', 'Reconciling=True SchedulingGated')),
    'Suspended',
  ],
  ['a NeuroJob that runs to its end', object('NeuroJob', seen('Ready=True Running')), 'Progressing'],
  ['a NeuroJob that serves', object('NeuroJob', seen('Ready=True Running'), { http: { port: 80 } }), 'Healthy'],
  [
    'a NeuroJob that never ends',
    object('NeuroJob', seen('Ready=True Running'), { restartPolicy: 'Always' }),
    'Healthy',
  ],
  [
    'a NeuroJob between two runs',
    object('NeuroJob', seen('Ready=False Restarting'), { restartPolicy: 'Always' }),
    'Progressing',
  ],
  ['a NeuroJob that succeeded', object('NeuroJob', seen('Complete=True Completed')), 'Healthy'],
  [
    'a NeuroJob that failed',
    object('NeuroJob', seen('Failed=True Error', 'Ready=False Error', 'Stalled=True Error')),
    'Degraded',
  ],
  ['a NeuroJob that was told to end', object('NeuroJob', seen('Failed=True UserRequested')), 'Healthy'],
  [
    'a NeuroJob whose access was taken away',
    object('NeuroJob', seen('Failed=True AccessRevoked', 'Stalled=True AccessRevoked')),
    'Degraded',
  ],
];
