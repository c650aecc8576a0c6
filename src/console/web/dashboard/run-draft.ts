/** What the run dialog holds: plain data, from which problems, the container's view, the job and the command are derived. */
import type { NeuroJobRestartPolicy } from '../../../api/index.ts';
import type { Widget } from '../../contract.ts';

/** A secret that may be chosen: mine, or shared with me. */
export interface SecretChoice {
  readonly uri: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly isMine: boolean;
  readonly owner: string;
  readonly version?: string;
  readonly expiresAt?: string;
  /** Not in the cluster yet, or no more. */
  readonly isReady: boolean;
}

export interface Attachment {
  readonly id: number;
  readonly kind: 'env' | 'file';
  /** URI of the secret; empty while none is chosen. */
  readonly secret: string;
  /** Name of the variable, or path of the file. */
  readonly target: string;
}

export interface Variable {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

export interface Mount {
  readonly id: number;
  readonly kind: 'claim' | 'configMap' | 'empty';
  /** Of the claim or ConfigMap. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
}

export interface RunDraft {
  readonly kind: Widget['kind'];
  readonly name: string;
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
}

/** As the command has it. */
export const defaultLifeSpan = '1d';

export function draftOf(widget: Widget, words: (list: readonly string[]) => string): RunDraft {
  return {
    kind: widget.kind,
    name: '',
    image: widget.image ?? '',
    entrypoint: words(widget.command ?? []),
    command: words(widget.args ?? []),
    preset: widget.preset ?? '',
    attachments: [],
    variables: (widget.env ?? []).map(({ name, value }, id) => ({ id, name, value })),
    mounts: [],
    httpPort: widget.port === undefined ? '' : String(widget.port),
    lifeSpan: defaultLifeSpan,
    restartPolicy: 'Never',
    description: '',
    tags: [],
  };
}

/** A number that no part of the list has. */
export function nextId(list: readonly { readonly id: number }[]): number {
  return list.reduce((most, { id }) => Math.max(most, id), -1) + 1;
}

/** `db-password` → `DB_PASSWORD`: what one would type as the variable. */
export function suggestedTarget(kind: Attachment['kind'], key: string): string {
  if (kind === 'file') return `/var/secrets/${key}`;
  const name = key.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}
