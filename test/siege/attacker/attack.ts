/** What an attack is: requests of one person in her own namespace, where she has the role `admin` and nothing else anywhere. */
export interface Attack {
  readonly name: string;
  /** What it tries to bring about. */
  readonly aim: string;
  /** Ends when there is nothing more to send, or when the signal is aborted. */
  readonly run: (by: Attacker) => Promise<void>;
}

export interface Attacker {
  readonly namespace: string;
  /** Namespaces and people that she can name, and has no right in. */
  readonly victims: readonly string[];
  readonly random: () => number;
  /** A part of the whole, for a short siege: `count(300)` objects. */
  count(whole: number): number;
  readonly signal: AbortSignal;
  /** True when the API server took it. Refusals are what an attacker lives with. */
  create(plural: Plural, object: AttackObject): Promise<boolean>;
  patch(plural: Plural, name: string, body: unknown): Promise<boolean>;
  remove(plural: Plural, name: string): Promise<boolean>;
  /** Some at a time, until all are done or the time is over. */
  each(count: number, work: (index: number) => Promise<unknown>): Promise<void>;
  /** Lists of hers, read again and again by her service account, so many at a time, until the time is over. */
  flood(plurals: readonly Plural[], atOnce: number, signal?: AbortSignal): Promise<void>;
  pause(ms: number): Promise<void>;
}

export type Plural =
  'neuroschedules' | 'usersecrets' | 'secretgrants' | 'neurojobs' | 'configmaps' | 'secrets' | 'roles' | 'rolebindings';

export interface AttackObject {
  readonly metadata: { readonly name: string } & Readonly<Record<string, unknown>>;
  readonly spec?: unknown;
  readonly [part: string]: unknown;
}

export const kinds: Readonly<Record<Plural, readonly [apiVersion: string, kind: string, path: string]>> = {
  // In the order in which they are cleared: schedules first, which would make jobs.
  neuroschedules: ['neu.ro/v1', 'NeuroSchedule', '/apis/neu.ro/v1'],
  usersecrets: ['neu.ro/v1', 'UserSecret', '/apis/neu.ro/v1'],
  secretgrants: ['neu.ro/v1', 'SecretGrant', '/apis/neu.ro/v1'],
  neurojobs: ['neu.ro/v1', 'NeuroJob', '/apis/neu.ro/v1'],
  configmaps: ['v1', 'ConfigMap', '/api/v1'],
  secrets: ['v1', 'Secret', '/api/v1'],
  roles: ['rbac.authorization.k8s.io/v1', 'Role', '/apis/rbac.authorization.k8s.io/v1'],
  rolebindings: ['rbac.authorization.k8s.io/v1', 'RoleBinding', '/apis/rbac.authorization.k8s.io/v1'],
};
