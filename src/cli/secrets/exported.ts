/**
 * Objects of the cluster as they belong in git: what somebody wants, without what the API server and the operator keep
 * beside it. A plain value is sealed on the way.
 */
import {
  ANNOTATION_CHANGED_BY,
  ANNOTATION_ROTATE,
  API_VERSION,
  calledName,
  effectiveKey,
  type SecretGrant,
  type UserSecret,
  ANNOTATION_LAST_APPLIED,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { ObjectMeta } from '../../kernel/index.ts';
import type { GlobalOptions } from '../options.ts';
import type { Connection } from '../connect/connection.ts';
import { CliError } from '../errors.ts';
import { readBytes } from './read-secret.ts';
import { sealFor, withThisCluster } from './recipients.ts';
import type { RecoveryOptions } from './recovery-keys.ts';
import { withoutRecovery } from './sealed-for.ts';

export interface Manifest {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'UserSecret' | 'SecretGrant';
  readonly metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'>;
  readonly spec: object;
}

/** kubectl's own copy of what was applied may hold a plain value; the others are about one change, and one rotation. */
const leftOut = new Set([ANNOTATION_LAST_APPLIED, ANNOTATION_CHANGED_BY, ANNOTATION_ROTATE]);

interface ExportOptions {
  /** Another namespace than that of the object: its values are read, and sealed for there. */
  readonly namespace: string;
}

export async function exportedSecret(
  connection: Connection,
  options: GlobalOptions & RecoveryOptions,
  secret: UserSecret,
  { namespace }: ExportOptions,
): Promise<Manifest> {
  const { value, valueBase64, ...rest } = secret.spec;
  const home = secret.metadata.namespace ?? '';
  const context = { namespace, name: secret.metadata.name, key: effectiveKey(secret) };
  const plain =
    value === undefined
      ? valueBase64 === undefined
        ? undefined
        : Buffer.from(valueBase64, 'base64')
      : Buffer.from(value, 'utf8');
  const isElsewhere = namespace !== home;
  const isSealed = rest.sealed !== undefined && rest.sealed.scope !== 'cluster-wide';
  const bytes =
    plain ??
    (isElsewhere && isSealed ? await readBytes(connection, { namespace: home, key: calledName(secret) }) : undefined);
  const sealed =
    bytes !== undefined
      ? await sealFor(await withThisCluster(connection, options), context, bytes)
      : options.recovery === false && rest.sealed !== undefined
        ? await withoutRecovery(connection, options, rest.sealed)
        : rest.sealed;
  if (rest.sealed !== undefined && sealed === undefined)
    throw new CliError(
      'illegalArgument',
      `Secret '${calledName(secret)}' is sealed for recovery keys alone, so --no-recovery leaves nothing of it: leave out the option, or replace the value with \`neuro secret add KEY\`.`,
    );
  return {
    apiVersion: API_VERSION,
    kind: 'UserSecret',
    metadata: metadataOf(secret.metadata, namespace),
    spec: { ...rest, ...defined({ sealed }) },
  };
}

export function exportedGrant({ metadata, spec }: SecretGrant, { namespace }: ExportOptions): Manifest {
  return { apiVersion: API_VERSION, kind: 'SecretGrant', metadata: metadataOf(metadata, namespace), spec };
}

function metadataOf({ name, labels, annotations }: ObjectMeta, namespace: string): Manifest['metadata'] {
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !leftOut.has(key));
  return {
    name,
    namespace,
    ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
    ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
  };
}
