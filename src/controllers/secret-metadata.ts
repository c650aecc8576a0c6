/**
 * Labels and annotations that a native Secret has because its UserSecret asks for them (spec.secretMetadata). Their keys are recorded
 * on the native Secret, so that one that is not asked for any more can be taken off, and that one which somebody changed is seen. Pure.
 */
import { ANNOTATION_SECRET_METADATA, type UserSecretSecretMetadata } from '../api/index.ts';
import type { ObjectMeta } from '../kernel/index.ts';

type Texts = Readonly<Record<string, string>>;
/** Keys of a merge patch: null takes one off. */
type PatchedTexts = Readonly<Record<string, string | null>>;

/** Keys of each kind that a spec can have; what is recorded beyond that is not ours. */
const mostKeys = 8;

/** Labels and annotations as one flat text each, for a hash. */
export function flatMetadata({ labels = {}, annotations = {} }: UserSecretSecretMetadata = {}): Texts {
  const prefixed = (prefix: string, all: Texts) =>
    Object.entries(all).map(([name, value]) => [`${prefix} ${name}`, value] as const);
  return Object.fromEntries([...prefixed('label', labels), ...prefixed('annotation', annotations)]);
}

/** What is there now of what is recorded, as `flatMetadata` has it. */
export function recordedMetadata({ labels, annotations }: Pick<ObjectMeta, 'labels' | 'annotations'>): Texts {
  const recorded = recordedKeys(annotations?.[ANNOTATION_SECRET_METADATA]);
  return flatMetadata({
    labels: pick(labels, recorded.labels),
    annotations: pick(annotations, recorded.annotations),
  });
}

/** The record: undefined where there is nothing to record. */
export function recordOf({ labels = {}, annotations = {} }: UserSecretSecretMetadata = {}): string | undefined {
  const keys = { labels: Object.keys(labels).sort(), annotations: Object.keys(annotations).sort() };
  return keys.labels.length + keys.annotations.length === 0 ? undefined : JSON.stringify(keys);
}

/** What to write: what is asked for, and null for what is recorded and not asked for any more. */
export function metadataPatch(
  { labels = {}, annotations = {} }: UserSecretSecretMetadata = {},
  record: string | undefined,
): { readonly labels: PatchedTexts; readonly annotations: PatchedTexts } {
  const recorded = recordedKeys(record);
  return {
    labels: { ...nulls(recorded.labels), ...labels },
    annotations: { ...nulls(recorded.annotations), ...annotations },
  };
}

/** Names of this operator, of Kubernetes and of deployment tools: they say who owns an object, and whether it is deleted. */
const reserved = /(^|[.])(neu[.]ro|kubernetes[.]io|k8s[.]io|helm[.]sh|argoproj[.]io|fluxcd[.]io)\//;

function recordedKeys(text = '{}'): { readonly labels: readonly string[]; readonly annotations: readonly string[] } {
  let record: Readonly<Record<string, unknown>> | null;
  try {
    record = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  } catch {
    record = null;
  }
  return { labels: namesIn(record?.labels), annotations: namesIn(record?.annotations) };
}

/** Anybody may have written the record: it never makes us take off what is not ours to set. */
function namesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter((name): name is string => typeof name === 'string' && !reserved.test(name)).slice(0, mostKeys);
}

function pick(all: Texts | undefined, names: readonly string[]): Texts {
  const found = names.filter((name) => all !== undefined && Object.hasOwn(all, name));
  return Object.fromEntries(found.map((name) => [name, all?.[name] ?? '']));
}

function nulls(names: readonly string[]): PatchedTexts {
  return Object.fromEntries(names.map((name) => [name, null]));
}
