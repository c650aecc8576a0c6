/** What tests of the running operator do all the time: write an object as its owner would, and wait until the cluster shows the answer. */
import type {
  Condition,
  SecretGrantSpec,
  SecretGrantStatus,
  UserSecretSpec,
  UserSecretStatus,
} from '../../src/api/index.ts';
import { isKernelError, type ObjectMeta } from '../../src/kernel/index.ts';
import type { TestCluster } from './cluster.ts';
import { eventually } from './until.ts';

export interface Found {
  readonly metadata: ObjectMeta & { readonly uid: string; readonly resourceVersion: string };
}
export interface FoundSecret extends Found {
  readonly type: string;
  readonly immutable?: boolean;
  readonly data?: Readonly<Record<string, string>>;
}
export interface FoundUserSecret extends Found {
  readonly spec: UserSecretSpec;
  readonly status?: UserSecretStatus;
}
export interface FoundGrant extends Found {
  readonly spec: SecretGrantSpec;
  readonly status?: SecretGrantStatus;
}
interface FoundRbac extends Found {
  readonly rules?: readonly { readonly verbs: readonly string[] }[];
  readonly subjects?: readonly { readonly kind: string; readonly name: string }[];
}

const collections = {
  secrets: ['v1', 'Secret', '/api/v1'],
  configmaps: ['v1', 'ConfigMap', '/api/v1'],
  usersecrets: ['neu.ro/v1', 'UserSecret', '/apis/neu.ro/v1'],
  secretgrants: ['neu.ro/v1', 'SecretGrant', '/apis/neu.ro/v1'],
  roles: ['rbac.authorization.k8s.io/v1', 'Role', '/apis/rbac.authorization.k8s.io/v1'],
  rolebindings: ['rbac.authorization.k8s.io/v1', 'RoleBinding', '/apis/rbac.authorization.k8s.io/v1'],
} as const;
type Plural = keyof typeof collections;
type FoundOf<P extends Plural> = P extends 'secrets'
  ? FoundSecret
  : P extends 'usersecrets'
    ? FoundUserSecret
    : P extends 'secretgrants'
      ? FoundGrant
      : P extends 'roles' | 'rolebindings'
        ? FoundRbac
        : Found & { readonly data?: Readonly<Record<string, string>> };

/** What an owner leaves is collected in: Kubernetes' collector looks for kinds that are new to it every 30 s. */
export const collectedWithinMs = 120_000;

export function operatorWorld(test: TestCluster) {
  const path = (plural: Plural, namespace: string, name?: string): string =>
    `${collections[plural][2]}/namespaces/${namespace}/${plural}${name === undefined ? '' : `/${name}`}`;

  const get = async <P extends Plural>(plural: P, namespace: string, name: string): Promise<FoundOf<P> | undefined> => {
    try {
      return await test.request<FoundOf<P>>({ method: 'GET', path: path(plural, namespace, name) });
    } catch (error) {
      if (isKernelError(error, 'NotFound')) return undefined;
      throw error;
    }
  };
  const create = <P extends Plural>(
    plural: P,
    namespace: string,
    object: Record<string, unknown>,
  ): Promise<FoundOf<P>> => {
    const [apiVersion, kind] = collections[plural];
    return test.request({ method: 'POST', path: path(plural, namespace), body: { apiVersion, kind, ...object } });
  };
  const patch = <P extends Plural>(plural: P, namespace: string, name: string, body: unknown): Promise<FoundOf<P>> =>
    test.request({
      method: 'PATCH',
      path: path(plural, namespace, name),
      contentType: 'application/merge-patch+json',
      body,
    });
  const remove = async (plural: Plural, namespace: string, name: string): Promise<void> => {
    await test.request({ method: 'DELETE', path: path(plural, namespace, name) });
  };

  const until = <P extends Plural>(
    plural: P,
    namespace: string,
    name: string,
    isSo: (found: FoundOf<P> | undefined) => boolean,
    what: string,
    withinMs?: number,
  ): Promise<FoundOf<P> | undefined> => eventually(() => get(plural, namespace, name), isSo, what, withinMs);

  const ready = ({
    status,
  }: {
    readonly status?: { readonly conditions?: readonly Condition[] };
  }): Condition | undefined => status?.conditions?.find(({ type }) => type === 'Ready' || type === 'Expired');
  const reasonOf = (found: FoundUserSecret | FoundGrant | undefined): string => {
    const condition = found === undefined ? undefined : ready(found);
    const isCurrent = condition?.observedGeneration === found?.metadata.generation;
    return condition === undefined || !isCurrent ? '' : `${condition.status} ${condition.reason}`;
  };

  /** What RBAC says now: one SubjectAccessReview, as the operator asks for a job. */
  const mayI = async (
    who: Person,
    verb: string,
    namespace: string,
    name?: string,
    resource = 'usersecrets',
  ): Promise<boolean> => {
    const attributes = {
      verb,
      namespace,
      group: resource === 'secrets' ? '' : 'neu.ro',
      resource,
      ...(name === undefined ? {} : { name }),
    };
    const review = await test.request<{ readonly status: { readonly allowed: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: who.user, groups: who.groups ?? [], resourceAttributes: attributes },
      },
    });
    return review.status.allowed;
  };

  return {
    test,
    path,
    get,
    create,
    patch,
    remove,
    eventually,
    until,
    reasonOf,
    /** Makes a UserSecret; resolves when the operator has said what it thinks of it. */
    secret: async (
      namespace: string,
      name: string,
      spec: UserSecretSpec,
      reason = 'True Synced',
      annotations: Readonly<Record<string, string>> = {},
    ): Promise<FoundUserSecret> => {
      await create('usersecrets', namespace, { metadata: { name, annotations }, spec });
      return orThrow(
        await until('usersecrets', namespace, name, (found) => reasonOf(found) === reason, `${name} is ${reason}`),
      );
    },
    grant: async (
      namespace: string,
      name: string,
      spec: SecretGrantSpec,
      reason = 'True Active',
    ): Promise<FoundGrant> => {
      await create('secretgrants', namespace, { metadata: { name }, spec });
      return orThrow(
        await until('secretgrants', namespace, name, (found) => reasonOf(found) === reason, `${name} is ${reason}`),
      );
    },
    untilReason: (
      plural: 'usersecrets' | 'secretgrants',
      namespace: string,
      name: string,
      reason: string,
      withinMs?: number,
    ) =>
      eventually(
        () => get(plural, namespace, name),
        (found) => reasonOf(found) === reason,
        `${name} is ${reason}`,
        withinMs,
      ),
    valueOf: async (namespace: string, name: string, key = name): Promise<Buffer | undefined> => {
      const base64 = (await get('secrets', namespace, name))?.data?.[key];
      return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
    },
    mayI,
    /**
     * Until RBAC says so. The API server hears of a binding by a watch of its own, so that for a moment after a change it still
     * answers as before.
     */
    untilMay: (is: boolean, who: Person, verb: string, namespace: string, name: string): Promise<boolean> =>
      eventually(
        () => mayI(who, verb, namespace, name),
        (seen) => seen === is,
        `${who.user} ${is ? 'may' : 'may not'} ${verb} ${namespace}/${name}`,
      ),
  };
}

export interface Person {
  readonly user: string;
  readonly groups?: readonly string[];
}

export type OperatorWorld = ReturnType<typeof operatorWorld>;

/** As the API server knows a job: the service account with its usual groups. */
export function jobIn(namespace: string): { readonly user: string; readonly groups: readonly string[] } {
  return {
    user: `system:serviceaccount:${namespace}:default`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

export function orThrow<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('it is not there');
  return found;
}
