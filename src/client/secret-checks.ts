/** Whether a job may use a secret, as the API server says it, and whom to ask where it may not. Pure. */
import {
  ANNOTATION_USER,
  formatSecretUri,
  formatSubject,
  keyWord,
  type SecretGrantSubject,
  type SecretReference,
} from '../api/index.ts';
import { checkWords, type CheckWords } from './check-words.ts';
import { quote } from './shell.ts';

export interface UsableSecret {
  readonly uri: string;
  readonly reference: SecretReference;
  /** What people have to know about it. */
  readonly note?: string;
}
export interface MissingSecret {
  readonly uri: string;
  readonly problem: 'notFound' | 'notPermitted';
  /** Without a full stop. */
  readonly sentence: string;
}
export type CheckedSecret = UsableSecret | MissingSecret;

export function isUsable(checked: CheckedSecret): checked is UsableSecret {
  return 'reference' in checked;
}

/** `name`: of the object that has the key; undefined where there is none. */
export function checkedOwn(
  namespace: string,
  key: string,
  name: string | undefined,
  words: CheckWords = checkWords,
): CheckedSecret {
  const uri = formatSecretUri({ key });
  if (name !== undefined) return { uri, reference: { name } };
  return {
    uri,
    problem: 'notFound',
    sentence: words.noSecret(key, namespace, `neuro secret add -n ${quote(namespace)} ${keyWord(key)}`),
  };
}

/**
 * `isListed`: what is shared with the namespace names this very secret. A grant may be to all secrets of a namespace, or be
 * older than the secret's removal, so permission alone does not say that there is one.
 *
 * `mayUse`: the API server's answer for the job's service account, or for the user where that is all one may ask; undefined
 * where only the operator can know, which then decides at the start of the job.
 */
export function checkedForeign(
  secret: { readonly namespace: string; readonly name: string; readonly key: string },
  {
    mayUse,
    isListed,
    grantee,
  }: {
    readonly mayUse: boolean | undefined;
    readonly isListed: boolean;
    /** Whom to share it with, where it may not be used. */
    readonly grantee: SecretGrantSubject;
  },
  words: CheckWords = checkWords,
): CheckedSecret {
  const { namespace, name, key } = secret;
  const uri = formatSecretUri({ owner: namespace, key });
  const reference = { namespace, name };
  if (mayUse === undefined) return { uri, reference, note: words.sharedHere };
  if (mayUse && isListed) return { uri, reference };
  if (mayUse) return { uri, reference, note: words.maybeThere };
  const share = `neuro share ${quote(formatSecretUri({ key }))} ${quote(formatSubject(grantee))}`;
  return {
    uri,
    problem: 'notPermitted',
    sentence: words.needsRead(uri, namespace, share),
  };
}

/**
 * Whom a grant for the jobs of a namespace names: the person whose home it is, else the namespace. A grant to the caller would not help jobs in a
 * namespace that is not the caller's home. `namespace` is undefined where the caller may not see it.
 */
export function granteeOfJobs(
  namespace:
    | { readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> } }
    | undefined,
  caller: string,
): SecretGrantSubject {
  if (namespace === undefined) return { kind: 'User', name: caller };
  const { name, annotations } = namespace.metadata;
  const person = annotations?.[ANNOTATION_USER] ?? '';
  return person === '' ? { kind: 'Namespace', name } : { kind: 'User', name: person };
}
