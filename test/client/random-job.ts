/** Specs of jobs drawn at random, the same ones for the same seed. */
import type { NeuroJobEnv, NeuroJobFile, NeuroJobSpec, NeuroJobVolume, SecretReference } from '../../src/api/index.ts';
import { seededRandom } from '../support/seeded-random.ts';

interface RandomJobs {
  readonly random: () => number;
  /** Only what flags of `neuro run` can say. */
  readonly sayable: () => NeuroJobSpec;
  /** Any field of the spec. */
  readonly any: () => NeuroJobSpec;
}

const pieces = [
  ...[
    'a',
    'B',
    ' ',
    "'",
    '"',
    '\\',
    '$',
    '\n',
    '\t',
    '-',
    '--',
    '=',
    '\u001b',
    '\u0001',
    'é',
    '😀',
    '#',
    '!',
    '*',
    '\u202e',
  ],
];

export function randomJobs(
  seed: number,
  secrets: readonly { readonly namespace: string; readonly name: string }[],
): RandomJobs {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const some = <T>(most: number, make: (index: number) => T): T[] =>
    Array.from({ length: below(most + 1) }, (_, index) => make(index));
  const text = (): string => some(6, () => one(pieces)).join('');
  const secret = (): SecretReference => {
    const { namespace, name } = one(secrets);
    return namespace === 'alice' ? { name } : { namespace, name };
  };
  const duration = (): string => one(['5m', '1d2h3m4s', '30s', '1d', '2h']);
  /** Half of the time. */
  const maybe = <T extends object>(make: () => T): T | object => (random() < 0.5 ? make() : {});
  const env = (index: number): NeuroJobEnv => {
    const name = `V${String(index)}`;
    return random() < 0.5 ? { name, value: text() } : { name, fromSecret: secret() };
  };
  const file = (index: number): NeuroJobFile => ({
    path: `/f/${one(['a b', "it's", 'é'])}${String(index)}`,
    fromSecret: secret(),
  });
  const mountPath = (index: number): string => `/v/${one(['a b', 'ro', '$x'])}${String(index)}`;
  const claim = (index: number): NeuroJobVolume => ({
    mountPath: mountPath(index),
    ...maybe(() => ({ readOnly: true })),
    persistentVolumeClaim: { claimName: one(['claim', 'a.b-c']) },
  });
  const anyVolume = (index: number): NeuroJobVolume => ({
    mountPath: mountPath(index),
    ...maybe(() => ({ readOnly: true })),
    ...maybe(() => ({ subPath: 'in/side' })),
    ...one<Partial<NeuroJobVolume>>([
      { persistentVolumeClaim: { claimName: 'claim', ...maybe(() => ({ readOnly: true })) } },
      { configMap: { name: 'map', ...maybe(() => ({ items: [{ key: 'k', path: 'p', mode: 256 }] })) } },
      { emptyDir: { ...maybe(() => ({ medium: 'Memory' as const, sizeLimit: '1Gi' })) } },
    ]),
  });
  const sayable = (): NeuroJobSpec => ({
    image: one(['busybox', 'registry.example:5000/team/app@sha256:0', "odd'image$"]),
    ...maybe(() => ({ description: text() })),
    ...maybe(() => ({ tags: [...new Set(some(3, () => one(['a', "it's", '--tag', 'ü', '$x'])))] })),
    ...maybe(() => ({ command: some(3, text) })),
    ...maybe(() => ({ args: some(3, text) })),
    ...maybe(() => ({ workingDir: `/${text()}` })),
    ...maybe(() => ({ env: some(4, env) })),
    ...maybe(() => ({ files: some(3, file) })),
    ...maybe(() => ({ volumes: some(2, claim) })),
    ...maybe(() => ({ preset: one(['small', 'gpu.x2_large']) })),
    ...maybe(() => ({ priorityClassName: one(['high', 'low']) })),
    ...maybe(() => ({ shm: one(['1Gi', '64M']) })),
    ...maybe(() => ({ restartPolicy: one(['Never', 'OnFailure', 'Always'] as const) })),
    ...maybe(() => ({ lifeSpan: duration() })),
    ...maybe(() => ({ scheduleTimeout: duration() })),
    ...maybe(() => ({ http: { port: 1 + below(65_535) } })),
    ...maybe(() => ({ stdin: true })),
  });
  const any = (): NeuroJobSpec => ({
    ...sayable(),
    ...maybe(() => ({ tty: true })),
    ...maybe(() => ({ files: some(3, (index) => ({ ...file(index), ...maybe(() => ({ mode: 256 })) })) })),
    ...maybe(() => ({ volumes: some(3, anyVolume) })),
    ...maybe(() => ({ imagePullPolicy: 'Always' as const })),
    ...maybe(() => ({ imagePullSecret: secret() })),
    ...maybe(() => ({ imagePullSecrets: some(2, secret) })),
    ...maybe(() => ({ resources: { limits: { cpu: 1, memory: '1Gi' } } })),
    ...maybe(() => ({ nodeSelector: { pool: 'x' } })),
    ...maybe(() => ({ tolerations: [{ operator: 'Exists' as const }] })),
    ...maybe(() => ({ schedulingGates: [{ name: 'example.com/gate' }] })),
    ...maybe(() => ({ ttlAfterFinished: duration() })),
    ...maybe(() => ({ serviceAccountName: 'robot' })),
    ...maybe(() => ({ automountServiceAccountToken: true })),
    ...maybe(() => ({ securityContext: { runAsUser: 1000, capabilities: { drop: ['ALL'] } } })),
  });
  return { random, sayable, any };
}

/** Without what says the same as its absence: empty lists and texts, and the restart policy of every job. */
export function withoutDefaults(spec: NeuroJobSpec, defaults: Partial<NeuroJobSpec> = {}): object {
  return Object.fromEntries(
    Object.entries(spec)
      .map(
        ([field, value]) => [field, field === 'tags' ? [...(value as string[])].sort() : (value as unknown)] as const,
      )
      .filter(([, value]) => !Array.isArray(value) || value.length > 0)
      .filter(([field, value]) => defaults[field as keyof NeuroJobSpec] !== value),
  );
}
