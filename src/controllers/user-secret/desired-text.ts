/** What the owner asks for, as text. Pure. */
import { ANNOTATION_ROTATE } from '../../api/index.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { CopiedSecret } from './copies.ts';
import type { PartsState } from './template.ts';

/** Two writes for one text put back what somebody else changed. A new text is never held back. */
export function desiredText({ metadata }: UserSecretView, copied?: CopiedSecret, parts?: PartsState): string {
  const { uid, generation, annotations } = metadata;
  return `${uid} ${String(generation)} ${annotations?.[ANNOTATION_ROTATE] ?? ''} ${copied?.version ?? parts?.hash ?? ''}`;
}
