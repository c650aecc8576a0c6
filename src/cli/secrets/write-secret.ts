/** Adds a sealed value to the cluster, or puts it in the place of what a UserSecret had. */
import {
  FIELD_MANAGERS,
  NO_SOURCE,
  calledName,
  effectiveKey,
  findCondition,
  objectNameForKey,
  withoutAppliedValue,
  TLS_KEY,
  type TLS_TYPE,
  type UserSecret,
  type UserSecretSealed,
  type UserSecretSecretMetadata,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { isKernelError } from '../../kernel/index.ts';
import { checkType } from '../args/certificate-pair.ts';
import type { Connection } from '../connect/connection.ts';
import { findSecret, type NamedSecret } from './find-secret.ts';
import { userSecrets } from '../connect/kinds.ts';
import type { SealingContext } from '../../sealing/index.ts';
import { sealFor, type Recipients } from './recipients.ts';
import { changeMark, creationMark } from './author.ts';
import { pause } from '../connect/pause.ts';

export interface Written {
  readonly secret: UserSecret;
  readonly what: 'added' | 'updated';
}

/** What is written beside the value. */
interface WrittenBeside {
  /** The type of a new object. It also decides its key. */
  readonly type?: typeof TLS_TYPE | undefined;
  readonly description?: string | undefined;
  readonly secretMetadata?: UserSecretSecretMetadata | undefined;
  /** Annotations of the UserSecret itself; null removes one. */
  readonly annotations?: Readonly<Record<string, string | null>> | undefined;
}

/** A new sealed value. */
interface WrittenValue extends WrittenBeside {
  readonly recipients: Recipients;
}

export interface WriteSteps {
  /** Called with the secret whose value is about to be replaced. */
  readonly beforeReplacing?: (existing: UserSecret) => void;
}

const pollMs = 50;

export async function writeSealed(
  connection: Connection,
  options: WrittenValue,
  named: NamedSecret,
  bytes: Uint8Array,
  { beforeReplacing = () => undefined }: WriteSteps = {},
): Promise<Written> {
  const existing = await findSecret(connection, named).catch((error: unknown) => {
    // A grant to write allows the one object by its name, and no list.
    if (isKernelError(error, 'Forbidden')) return undefined;
    throw error;
  });
  if (existing !== undefined) {
    checkType(existing, options.type);
    beforeReplacing(existing);
    return update(connection, options, named, existing, bytes);
  }
  try {
    return { secret: await create(connection, options, named, bytes), what: 'added' };
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
    const now = await connection.client.get(userSecrets, {
      namespace: named.namespace,
      name: objectNameForKey(named.key),
    });
    // Another key has this name: the refusal stands.
    if (now === undefined || calledName(now) !== named.key) throw error;
    beforeReplacing(now);
    return update(connection, options, named, now, bytes);
  }
}

/** The object as it would be made: also for a manifest that goes to git. */
export async function sealedObject(
  { recipients, ...beside }: WrittenValue,
  named: NamedSecret,
  bytes: Uint8Array,
): Promise<UserSecret> {
  return objectOf(named, beside, (context) => sealFor(recipients, context, bytes));
}

/** `seal` gets what the value is bound to. */
export async function objectOf(
  { namespace, key: called }: NamedSecret,
  { type, description, secretMetadata }: WrittenBeside,
  seal: (context: SealingContext) => Promise<UserSecretSealed>,
): Promise<UserSecret> {
  const name = objectNameForKey(called);
  const key = type === undefined ? called : TLS_KEY;
  const sealed = await seal({ namespace, name, key });
  return {
    metadata: { name, namespace },
    spec: { ...defined({ key: name === key ? undefined : key, type, description, secretMetadata }), sealed },
  };
}

/** Puts a sealed text in the place of what the object had, whatever that was. */
export async function replaceSealed(
  connection: Connection,
  { metadata: former }: UserSecret,
  sealed: UserSecretSealed,
  { description, secretMetadata, annotations, dryRun = false }: WrittenBeside & { readonly dryRun?: boolean } = {},
): Promise<Written> {
  // What the former one had besides goes.
  const spec = {
    ...NO_SOURCE,
    sealed: { format: null, scope: null, values: null, ...sealed },
    ...defined({ description, secretMetadata }),
  };
  const by = { fieldManager: FIELD_MANAGERS.cli, dryRun };
  const { namespace = '', name } = former;
  const metadata = {
    annotations: { ...annotations, ...withoutAppliedValue(former), ...(await changeMark(connection, former)) },
  };
  const secret = await connection.client.patch(userSecrets, { namespace, name }, { metadata, spec }, by);
  return { secret, what: 'updated' };
}

/** Waits until the operator has taken up this state of the object; undefined when it has not by then. */
export async function settled(
  connection: Connection,
  secret: UserSecret,
  limitMs: number,
): Promise<UserSecret | undefined> {
  const { namespace = '', name } = secret.metadata;
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const now = await connection.client.get(userSecrets, { namespace, name });
    if (now === undefined) return undefined;
    const ready = findCondition(now.status?.conditions, 'Ready');
    if (ready !== undefined && (ready.observedGeneration ?? 0) >= (now.metadata.generation ?? 0)) return now;
    if (waitedMs >= limitMs) return undefined;
    await pause(pollMs);
  }
}

async function create(
  connection: Connection,
  options: WrittenValue,
  named: NamedSecret,
  bytes: Uint8Array,
): Promise<UserSecret> {
  const { metadata, spec } = await sealedObject(options, named, bytes);
  const annotations = { ...withoutNull(options.annotations), ...(await creationMark(connection)) };
  const object = { metadata: { ...metadata, annotations }, spec };
  return connection.client.create(userSecrets, object, { fieldManager: FIELD_MANAGERS.cli });
}

async function update(
  connection: Connection,
  options: WrittenValue,
  { namespace }: NamedSecret,
  existing: UserSecret,
  bytes: Uint8Array,
): Promise<Written> {
  const { name } = existing.metadata;
  const sealed = await sealFor(options.recipients, { namespace, name, key: effectiveKey(existing) }, bytes);
  const { description, secretMetadata, annotations } = options;
  return replaceSealed(connection, existing, sealed, { description, secretMetadata, annotations });
}

function withoutNull(annotations: WrittenBeside['annotations']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(annotations ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  );
}
