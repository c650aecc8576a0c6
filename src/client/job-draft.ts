/**
 * A job that is being written in a form: plain data, from which problems, the container's view, the job and the command are
 * derived. What a former job had and the form does not show is kept in it. Pure.
 */
import {
  formatSecretUri,
  objectNameForKey,
  parseSecretUri,
  type TlsPart,
  type NeuroJobRestartPolicy,
  type NeuroJobSpec,
  type NeuroJobVolume,
  type SecretReference,
  type SecretUri,
} from '../api/index.ts';
import { DEFAULT_LIFE_SPAN } from './job-words.ts';
import { quoteAll } from './shell.ts';

/** `terminal` opens a terminal to the job, `job` its output, `web` its port. */
export type JobKind = 'terminal' | 'job' | 'web';

/** A secret that may be chosen: mine, or shared with me. */
export interface SecretChoice {
  readonly uri: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly isMine: boolean;
  /** The list of what is shared names it. */
  readonly isListed: boolean;
  readonly owner: string;
  readonly version?: string;
  readonly expiresAt?: string;
  /** False: its value is not in the cluster. */
  readonly isReady: boolean;
}

/** Entries of the draft have numbers of their own; variables of the container are in their order. */
interface Numbered {
  readonly id: number;
}

export interface Attachment extends Numbered {
  readonly kind: 'env' | 'file';
  /** URI of the secret; empty while none is chosen. */
  readonly secret: string;
  /** Name of the variable, or path of the file. */
  readonly target: string;
  /** Which part of a certificate pair a former job used. */
  readonly part?: TlsPart;
  /** The mode of the file in a former job. */
  readonly mode?: number;
}

export interface Variable extends Numbered {
  readonly name: string;
  readonly value: string;
}

export interface Mount extends Numbered {
  readonly kind: 'claim' | 'configMap' | 'empty';
  /** The name of the claim or ConfigMap. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** The whole volume of a former job. */
  readonly kept?: NeuroJobVolume;
}

/** Fields that the form does not show. */
export type KeptFields = Partial<Omit<NeuroJobSpec, FieldOfForm>>;
type FieldOfForm =
  | 'image'
  | 'command'
  | 'args'
  | 'preset'
  | 'env'
  | 'files'
  | 'volumes'
  | 'http'
  | 'lifeSpan'
  | 'restartPolicy'
  | 'description'
  | 'tags'
  | 'cancel';

export interface JobDraft {
  readonly kind: JobKind;
  /** Empty: a name is made from `base`, or from the image where that is empty. */
  readonly name: string;
  readonly base: string;
  readonly image: string;
  /** Replaces the image's entry point; words as a shell reads them. */
  readonly entrypoint: string;
  /** Arguments, likewise. */
  readonly command: string;
  readonly preset: string;
  readonly attachments: readonly Attachment[];
  readonly variables: readonly Variable[];
  readonly mounts: readonly Mount[];
  readonly httpPort: string;
  readonly lifeSpan: string;
  readonly restartPolicy: NeuroJobRestartPolicy;
  readonly description: string;
  readonly tags: readonly string[];
  readonly kept: KeptFields;
  /** How a former job referred to secrets of other people, by their URI. */
  readonly references: Readonly<Record<string, SecretReference>>;
  /** Labels of a former job that concern how it runs. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a draft may begin with: a card of the dashboard. */
export interface Card {
  readonly name: string;
  readonly kind: JobKind;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly preset?: string;
  readonly port?: number;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

export function draftOf(card: Card): JobDraft {
  return {
    kind: card.kind,
    name: '',
    // A card without an image says nothing about what will run.
    base: card.image === undefined ? '' : card.name,
    image: card.image ?? '',
    entrypoint: quoteAll(card.command ?? []),
    command: quoteAll(card.args ?? []),
    preset: card.preset ?? '',
    attachments: [],
    variables: (card.env ?? []).map(({ name, value }, id) => ({ id, name, value })),
    mounts: [],
    httpPort: card.port === undefined ? '' : String(card.port),
    lifeSpan: DEFAULT_LIFE_SPAN,
    restartPolicy: 'Never',
    description: '',
    tags: [],
    kept: {},
    references: {},
    labels: {},
  };
}

/**
 * Secrets of others that the list does not name and the draft uses: those of a former job, and those whose URI was typed, as a
 * grant over all secrets allows. The API server says whether they may be used.
 */
export function withUsed(
  choices: ReadonlyMap<string, SecretChoice>,
  { attachments, references }: Pick<JobDraft, 'attachments' | 'references'>,
): ReadonlyMap<string, SecretChoice> {
  const more = attachments.flatMap(({ secret }) => {
    if (choices.has(secret)) return [];
    const choice = foreignChoice(secret, references[secret]?.name);
    return choice === undefined ? [] : [[secret, choice] as const];
  });
  return more.length === 0 ? choices : new Map([...choices, ...more]);
}

/** The choice for `secret:/owner/key`; undefined for any other text. `name` is the name of the object, where it is known. */
export function foreignChoice(uri: string, name?: string): SecretChoice | undefined {
  const { cluster, owner, key } = readUri(uri);
  if (cluster !== undefined || owner === undefined || key === undefined) return undefined;
  return {
    uri: formatSecretUri({ owner, key }),
    namespace: owner,
    name: name ?? objectNameForKey(key),
    key,
    isMine: false,
    isListed: false,
    owner,
    isReady: true,
  };
}

function readUri(uri: string): SecretUri {
  try {
    return parseSecretUri(uri);
  } catch {
    return {};
  }
}

/** A number that no entry of the draft has; larger than all, so that the entry comes last. */
export function nextId({ attachments, variables, mounts }: JobDraft): number {
  return [...attachments, ...variables, ...mounts].reduce((most, { id }) => Math.max(most, id), -1) + 1;
}

/** `db-password` → `DB_PASSWORD`: what one would type as the variable. */
export function suggestedTarget(kind: Attachment['kind'], key: string): string {
  if (kind === 'file') return `/var/secrets/${key}`;
  const name = key.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
