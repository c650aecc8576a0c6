/** What a user without special permissions can find out about the operator and the API server. */
import { GROUP, KINDS, SEALING_KEYS_CONFIG_MAP, STATUS_CONFIG_MAP, VERSION } from '../../api/index.ts';
import { isKernelError, leases, subjectAccessReviews } from '../../kernel/index.ts';
import { parsePublicKeys } from '../../sealing/index.ts';
import type { GlobalOptions } from '../options.ts';
import type { Connection } from '../connect/connection.ts';
import { shownOperatorNamespace } from './operator-namespace.ts';
import { fieldsOf, type Schema } from './fields-of.ts';
import { knownFields } from './known-fields.ts';
import { configMaps, deployments, listAll } from '../connect/kinds.ts';

const leaseName = 'neuro-operator';
/** Leases of other namespaces that are looked at: more than two installations are no accident. */
const mostAsked = 20;

export interface ServerVersion {
  readonly gitVersion?: string;
}

export async function serverVersion({ requester }: Connection): Promise<string> {
  const answer = (await requester.request({ method: 'GET', path: '/version' })) as ServerVersion;
  return answer.gitVersion ?? 'unknown';
}

export interface SchemaDifference {
  readonly kind: string;
  /** Fields that this command knows and the cluster does not. */
  readonly missing: readonly string[];
  /** The other way round. */
  readonly unknown: readonly string[];
}

/** Undefined where the cluster does not serve the group at all. */
export async function schemaDifferences({ requester }: Connection): Promise<readonly SchemaDifference[] | undefined> {
  const path = `/openapi/v3/apis/${GROUP}/${VERSION}`;
  const document = await requester.request({ method: 'GET', path }).catch((error: unknown) => {
    if (isKernelError(error, 'NotFound')) return undefined;
    throw error;
  });
  const schemas = Object.values(
    (document as { readonly components?: { readonly schemas?: Readonly<Record<string, OpenApiSchema>> } } | undefined)
      ?.components?.schemas ?? {},
  );
  if (schemas.length === 0) return undefined;
  return Object.values(KINDS).map(({ kind }) => {
    const schema = schemas.find((candidate) =>
      candidate['x-kubernetes-group-version-kind']?.some((entry) => entry.group === GROUP && entry.kind === kind),
    );
    const there = new Set(fieldsOf(schema ?? {}));
    const known: readonly string[] = knownFields[kind].split(' ');
    return {
      kind,
      missing: known.filter((field) => !there.has(field)),
      unknown: [...there].filter((field) => !known.includes(field)),
    };
  });
}

interface OpenApiSchema extends Schema {
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly kind: string }[];
}

export type OperatorSign =
  | { readonly runs: true; readonly how: string }
  | { readonly runs: false; readonly why: string }
  /** The caller may not see its lease, and its Service gave no response, for which there may be other reasons. */
  | { readonly runs: 'unknown'; readonly why: string };

/** Whether the operator runs: by its lease where the caller may read it, and otherwise by a response of its Service. */
export async function operatorSign(connection: Connection, options: GlobalOptions, now: Date): Promise<OperatorSign> {
  const namespace = await shownOperatorNamespace(connection, options);
  const lease = await look(connection.client.get(leases, { namespace, name: leaseName }));
  if (lease !== 'forbidden' && lease?.spec?.renewTime != null) {
    const { renewTime, holderIdentity, leaseDurationSeconds: limitSeconds = 15 } = lease.spec;
    const ageSeconds = Math.round((now.getTime() - new Date(renewTime).getTime()) / 1000);
    const end = 'so grants do not end and nothing changes';
    // A replica that stops empties the field.
    if ((holderIdentity ?? '') === '')
      return { runs: false, why: `none leads: the last one gave its lease up, ${end}` };
    return ageSeconds <= limitSeconds
      ? { runs: true, how: `${holderIdentity ?? ''} leads` }
      : {
          runs: false,
          why: `none leads: by the clock of this machine the lease was last renewed ${ageSeconds} s ago, ${end}`,
        };
  }
  const path = `/api/v1/namespaces/${namespace}/services/http:neuro-operator:http/proxy/v1/cert.pem`;
  try {
    await connection.requester.stream({ method: 'GET', path, accept: '*/*' }).then((body) => body.destroy());
    return { runs: true, how: 'its Service responds' };
  } catch (error) {
    if (!isKernelError(error)) throw error;
    if (error.code === 'NotFound') return { runs: false, why: `it has no Service in '${namespace}'` };
    if (lease !== 'forbidden') return { runs: false, why: 'no replica has ever led, and its Service does not respond' };
    return error.code === 'Forbidden'
      ? { runs: 'unknown', why: "you don't have permission to view its lease, or to send a request to its Service" }
      : { runs: 'unknown', why: "its Service does not respond, and you don't have permission to view its lease" };
  }
}

/**
 * Namespaces, besides the operator's, where another installation leads now that acts on all namespaces: anybody can make a Lease of that name in
 * a namespace of her own. None for those who cannot list leases, or cannot ask for the rights of others.
 */
export async function otherOperators(
  connection: Connection,
  options: GlobalOptions,
  now: Date,
): Promise<readonly string[]> {
  const own = await shownOperatorNamespace(connection, options);
  const fieldSelector = `metadata.name=${leaseName}`;
  const all = (await seen(listAll(connection.client.list(leases, { fieldSelector })))) ?? [];
  const leading = all.flatMap(({ metadata, spec }) => {
    const { name, namespace = '' } = metadata;
    const { holderIdentity, renewTime, leaseDurationSeconds: limitSeconds = 15 } = spec ?? {};
    const isHeld = (holderIdentity ?? '') !== '' && renewTime != null;
    if (name !== leaseName || namespace === own || !isHeld) return [];
    return now.getTime() - new Date(renewTime).getTime() <= limitSeconds * 1000 ? [namespace] : [];
  });
  const others: string[] = [];
  for (const namespace of leading.slice(0, mostAsked))
    if (await actsEverywhere(connection, namespace)) others.push(namespace);
  return others;
}

/** The service account of an installation writes statuses in all namespaces. */
async function actsEverywhere({ client }: Connection, namespace: string): Promise<boolean> {
  const answer = await seen(
    client.review(subjectAccessReviews, {
      user: `system:serviceaccount:${namespace}:neuro-operator`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      resourceAttributes: { verb: 'patch', group: GROUP, resource: 'usersecrets', subresource: 'status' },
    }),
  );
  return answer?.allowed === true;
}

export type PolicyState =
  | { readonly kind: 'in place' }
  | { readonly kind: 'missing'; readonly why: string }
  /** The operator has written no status that the caller may read. */
  | { readonly kind: 'unknown' };

/** The state that the operator's own status reports. The operator checks the policies every few minutes. */
export async function policyState(connection: Connection, options: GlobalOptions): Promise<PolicyState> {
  const namespace = await shownOperatorNamespace(connection, options);
  const policies = (await seen(connection.client.get(configMaps, { namespace, name: STATUS_CONFIG_MAP })))?.data?.[
    'policies'
  ];
  if (policies === undefined) return { kind: 'unknown' };
  return policies === 'ok' ? { kind: 'in place' } : { kind: 'missing', why: policies };
}

/** The image that runs, or why it cannot be said. */
export async function operatorImage(connection: Connection, options: GlobalOptions): Promise<string> {
  const namespace = await shownOperatorNamespace(connection, options);
  const deployment = await look(connection.client.get(deployments, { namespace, name: 'neuro-operator' }));
  // RBAC says the same of a namespace that does not exist.
  if (deployment === 'forbidden') return `not known: you don't have permission to view it in '${namespace}'`;
  if (deployment === undefined) return `not found: no Deployment neuro-operator in '${namespace}'`;
  return deployment.spec?.template?.spec?.containers?.[0]?.image ?? 'not known';
}

/** When the key to seal with was made; undefined where `namespace` shows none to the caller. Throws a `SealingError` where the keys cannot be used. */
export async function sealingKeyMadeAt({ client }: Connection, namespace: string): Promise<string | undefined> {
  const map = await seen(client.get(configMaps, { namespace, name: SEALING_KEYS_CONFIG_MAP }));
  const keys = await parsePublicKeys(map?.data?.['keys.json'] ?? '[]');
  return keys.find(({ active }) => active)?.createdAt;
}

async function seen<T>(reading: Promise<T | undefined>): Promise<T | undefined> {
  const found = await look(reading);
  return found === 'forbidden' ? undefined : found;
}

async function look<T>(reading: Promise<T | undefined>): Promise<T | 'forbidden' | undefined> {
  return reading.catch((error: unknown) => {
    if (isKernelError(error, 'Forbidden')) return 'forbidden' as const;
    throw error;
  });
}
