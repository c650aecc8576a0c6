/** What the spec of a secret says about its value, from what was entered. A value is sealed here, in the browser. */
import { NO_SOURCE, TLS_KEY, TLS_TYPE, type UserSecretSealed, type UserSecretSpec } from '../../../api/index.ts';
import type { PublishedKey } from '../../../sealing/browser.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { bytesOf, isPairInput, type SecretInput } from './secret-input.ts';

/** The object that the value is bound to. */
interface SourceContext {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** Keys of other clusters that the value is sealed for as well. */
type Recipients = readonly PublishedKey[];
type Source = Pick<UserSecretSpec, 'sealed' | 'generate' | 'template' | 'configMapKeyRef' | 'secretKeyRef'>;

/** The part of a new secret: `called` is what people call it. */
export async function newSource(
  cluster: Cluster,
  { namespace, name, key: called }: SourceContext,
  input: SecretInput,
  recipients: Recipients = [],
): Promise<UserSecretSpec> {
  const isPair = isPairInput(input);
  const key = isPair ? TLS_KEY : called;
  // The Secret that is followed has its name already, and stays its owner's.
  const isTaken = input.kind === 'secret' && input.name === name;
  return {
    ...(name === key ? {} : { key }),
    ...(isPair ? { type: TLS_TYPE } : {}),
    ...(isTaken ? { secretName: `${name}-${isPair ? 'pair' : 'value'}` } : {}),
    ...(await sourceOf(cluster, { namespace, name, key }, input, recipients)),
  };
}

/** For a merge patch: every other source goes, and what the former one of this kind had besides. */
export async function changedSource(
  cluster: Cluster,
  context: SourceContext,
  input: SecretInput,
  recipients: Recipients = [],
): Promise<object> {
  const source = await sourceOf(cluster, context, input, recipients);
  const entries = Object.entries(source) as readonly (readonly [keyof Source, object])[];
  const cleared = entries.map(([kind, fields]) => [kind, { ...optionalFields[kind], ...fields }] as const);
  return { ...NO_SOURCE, ...Object.fromEntries<object>(cleared) };
}

const optionalFields: Readonly<Record<keyof Source, Readonly<Record<string, null>>>> = {
  sealed: { values: null, format: null, scope: null },
  generate: { length: null, alphabet: null, rotateEvery: null, rotateHook: null },
  template: {},
  configMapKeyRef: {},
  secretKeyRef: { key: null },
};

async function sourceOf(
  cluster: Cluster,
  context: SourceContext,
  input: SecretInput,
  recipients: Recipients,
): Promise<Source> {
  switch (input.kind) {
    case 'generate':
      return { generate: input.generate };
    case 'template':
      return { template: input.template };
    case 'configMap':
      return { configMapKeyRef: { name: input.name, key: input.key } };
    case 'secret':
      return { secretKeyRef: input.isPair ? { name: input.name } : { name: input.name, key: input.key } };
    case 'refused':
      return {};
    case 'text':
    case 'file':
    case 'pair':
      return { sealed: await seal(cluster, context, bytesOf(input) ?? new Uint8Array(), recipients) };
    default:
      input satisfies never;
      throw new TypeError('unknown kind');
  }
}

export async function seal(
  { connection, config }: Cluster,
  context: SourceContext,
  bytes: Uint8Array,
  recipients: Recipients = [],
): Promise<UserSecretSealed> {
  const { sealValue } = await import('./seal-value.ts');
  const { text: value, values } = await sealValue(connection, config.sealing, context, bytes, recipients);
  return values === undefined ? { value } : { value, values: [...values] };
}
