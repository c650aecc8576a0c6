/** What is written: a usual object of each kind with a usual status, and small CRDs that have the same statuses and nothing else. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type {
  NeuroJobSpec,
  NeuroJobStatus,
  SecretGrantSpec,
  UserSecretSpec,
  UserSecretStatus,
} from '../../../src/api/index.ts';
import type { SecretGrantStatus } from '../../../src/api/v1/secret-grant.ts';

export interface Sample {
  readonly name: string;
  readonly kind: string;
  readonly plural: string;
  readonly spec: NeuroJobSpec | SecretGrantSpec | UserSecretSpec;
  readonly status: NeuroJobStatus | SecretGrantStatus | UserSecretStatus;
}

export interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string; readonly singular: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

const time = '2026-01-31T12:00:00Z';
const uid = '2f1d0f5c-6c1f-4a8e-9d0e-4f9d8f7c6b5a';
/** As long as the ciphertext of a password with the default suite. */
const ciphertext = `v1.mlkem768x25519.0123456789abcdef.${'Q'.repeat(1_500)}.${'Q'.repeat(64)}`;

function condition(type: string, reason: string, message: string) {
  return { type, status: 'True', reason, message, lastTransitionTime: time, observedGeneration: 1 } as const;
}

const secretStatus: UserSecretStatus = {
  observedGeneration: 1,
  key: 'DB_PASSWORD',
  secretName: 'db-password',
  version: '0123456789ab',
  updatedAt: time,
  sealedWith: '0123456789abcdef',
  sharedWith: { count: 1, subjects: ['bob'] },
  conditions: [condition('Ready', 'Synced', 'the native Secret holds the value')],
};

export const samples: readonly Sample[] = [
  {
    name: 'UserSecret, sealed',
    kind: 'UserSecret',
    plural: 'usersecrets',
    spec: { key: 'DB_PASSWORD', sealed: { value: ciphertext } },
    status: secretStatus,
  },
  {
    name: 'UserSecret, plain',
    kind: 'UserSecret',
    plural: 'usersecrets',
    spec: { key: 'DB_PASSWORD', value: 'correct horse battery staple' },
    status: secretStatus,
  },
  {
    name: 'SecretGrant',
    kind: 'SecretGrant',
    plural: 'secretgrants',
    spec: {
      secret: 'db-password',
      subject: { kind: 'User', name: 'bob' },
      access: 'read',
      expiresAt: '2099-01-31T12:00:00Z',
    },
    status: {
      observedGeneration: 1,
      phase: 'Active',
      roleName: `neuro-grant-${uid}`,
      roleBindingName: `neuro-grant-${uid}`,
      secretUid: uid,
      namespaces: ['bob'],
      conditions: [condition('Ready', 'Active', 'the access is in force')],
    },
  },
  {
    name: 'NeuroJob',
    kind: 'NeuroJob',
    plural: 'neurojobs',
    spec: {
      image: 'registry.example.com/team/train:1',
      imagePullPolicy: 'IfNotPresent',
      command: ['python', 'train.py'],
      env: [
        { name: 'LEVEL', value: 'info' },
        { name: 'API_TOKEN', fromSecret: { name: 'api-token' } },
      ],
      files: [{ path: '/run/secrets/db', fromSecret: { namespace: 'alice', name: 'db-password' } }],
      resources: { limits: { cpu: 1, memory: '1Gi' } },
      lifeSpan: '1d',
    },
    status: {
      observedGeneration: 1,
      phase: 'Running',
      reason: 'Running',
      podName: 'train',
      podUid: uid,
      snapshotName: `neuro-job-${uid}`,
      startTime: time,
      runningSince: time,
      lifeSpanEndsAt: time,
      restarts: 0,
      secrets: [
        { namespace: 'bob', name: 'api-token', key: 'API_TOKEN', version: '0123456789ab', uid },
        { namespace: 'alice', name: 'db-password', key: 'DB_PASSWORD', version: 'ba9876543210', uid },
      ],
      transitions: [
        { phase: 'Pending', reason: 'Creating', time },
        { phase: 'Running', reason: 'Running', time },
      ],
      conditions: [
        condition('SecretsResolved', 'Resolved', 'every secret was found and may be used'),
        condition('Ready', 'Running', 'the container runs'),
      ],
    },
  },
];

/** The CRDs of a folder, under another group where one is given, so that two sets can be served at once. */
export async function readCrds(folder: string, group?: string): Promise<readonly Crd[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  const crds = await Promise.all(names.map(async (name) => parse(await readFile(join(folder, name), 'utf8')) as Crd));
  return group === undefined ? crds : crds.map((crd) => regrouped(crd, group));
}

/** The least that has the same status: one line of text as its spec, and no rule. */
export function smallTwin({ spec }: Crd, group: string): unknown {
  const { kind, plural, singular } = spec.names;
  const status = withoutRules(spec.versions[0]?.schema.openAPIV3Schema.properties?.['status'] ?? {});
  const text = { type: 'object', properties: { text: { type: 'string' } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: text, status } } },
        },
      ],
    },
  };
}

function regrouped(crd: Crd, group: string): Crd {
  const { shortNames: _shortNames, categories: _categories, ...names } = crd.spec.names as Record<string, unknown>;
  return {
    ...crd,
    metadata: { ...crd.metadata, name: `${crd.spec.names.plural}.${group}` },
    spec: { ...crd.spec, group, names: names as Crd['spec']['names'] },
  };
}

function withoutRules(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRules);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'x-kubernetes-validations')
      .map(([key, inner]) => [key, withoutRules(inner)]),
  );
}
