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

/** RFC 3339 in whole seconds, as the API takes it; undefined for never, null where it is none. */
export function expiresAtOf(expiry: Expiry, nowMs: number): string | undefined | null {
  switch (expiry.kind) {
    case 'never':
      return undefined;
    case 'after':
      return rfc3339(nowMs + expiry.hours * 3_600_000);
    case 'at': {
      const time = new Date(expiry.at);
      return expiry.at === '' || Number.isNaN(time.getTime()) ? null : rfc3339(time.getTime());
    }
    default:
      expiry satisfies never;
      throw new TypeError('unknown kind');
  }
}

/** The command that would do the same. */
export function shareCommand(terms: {
  readonly uri: string;
  readonly subject: string;
  readonly access: SecretGrantAccess;
  readonly expiresAt: string | undefined;
  readonly description: string;
}): string {
  const { uri, subject, access, expiresAt, description } = terms;
  return [
    `neuro share ${quote(uri)} ${quote(subject)} ${access}`,
    ...(expiresAt === undefined ? [] : [`--expires ${quote(expiresAt)}`]),
    ...(description.trim() === '' ? [] : [`--description ${quote(description.trim())}`]),
  ].join(' ');
}
