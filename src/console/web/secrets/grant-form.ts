/** What the share dialog asks, and what it means. Pure. */
import {
  ApiError,
  parseSubject,
  rfc3339,
  type SecretGrantAccess,
  type SecretGrantSubject,
  type SecretGrantSubjectKind,
} from '../../../api/index.ts';
import { quote } from '../../../client/index.ts';
import { texts } from '../texts.ts';

export interface SubjectDraft {
  readonly kind: SecretGrantSubjectKind;
  readonly name: string;
  /** Of a service account. */
  readonly namespace: string;
}

export type Expiry =
  | { readonly kind: 'keep' }
  | { readonly kind: 'never' }
  | { readonly kind: 'after'; readonly hours: number }
  | { readonly kind: 'at'; readonly at: string };

const prefixes = {
  User: 'user:',
  Group: 'group:',
  ServiceAccount: 'serviceaccount:',
  Namespace: 'namespace:',
} as const;

export function subjectOf({ kind, name, namespace }: SubjectDraft): SecretGrantSubject | string {
  const text = name.trim();
  if (text === '') return texts.share.noName;
  try {
    return parseSubject(`${prefixes[kind]}${kind === 'ServiceAccount' ? `${namespace.trim()}/${text}` : text}`);
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

/** As the form asks for it. */
export function draftOf({ kind, name, namespace = '' }: SecretGrantSubject): SubjectDraft {
  return { kind, name, namespace };
}

/** The end of a grant: undefined keeps the one that there is, null is none. */
export interface ChosenEnd {
  readonly expiresAt: string | null | undefined;
}

/** Undefined where the time cannot be read. */
export function chosenEnd(expiry: Expiry, nowMs: number): ChosenEnd | undefined {
  switch (expiry.kind) {
    case 'keep':
      return { expiresAt: undefined };
    case 'never':
      return { expiresAt: null };
    case 'after':
      return { expiresAt: rfc3339(nowMs + expiry.hours * 3_600_000) };
    case 'at': {
      const timeMs = new Date(expiry.at).getTime();
      return expiry.at === '' || Number.isNaN(timeMs) ? undefined : { expiresAt: rfc3339(timeMs) };
    }
    default:
      expiry satisfies never;
      throw new TypeError('unknown kind');
  }
}

/** The command that does the same. `end` undefined: it cannot be read, and the command has a word in its place. `isChange`: there is a grant, whose end would be kept. */
export function shareCommand(terms: {
  readonly uri: string;
  readonly subject: string;
  readonly access: SecretGrantAccess;
  readonly end: ChosenEnd | undefined;
  readonly description: string;
  readonly isChange: boolean;
}): string {
  const { uri, subject, access, end, description, isChange } = terms;
  // A user who fills in the end later must not share without one until then.
  const expires =
    end === undefined ? 'TIME' : end.expiresAt === null ? (isChange ? 'never' : undefined) : end.expiresAt;
  return [
    `neuro share ${quote(uri)} ${quote(subject)} ${access}`,
    ...(expires === undefined ? [] : [`--expires ${quote(expires)}`]),
    ...(description.trim() === '' ? [] : [`--description ${quote(description.trim())}`]),
  ].join(' ');
}
