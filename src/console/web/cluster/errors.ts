/** What went wrong with a request, as one sentence for people and one code for the code. Never holds what was sent. */
import type { ErrorBody } from '../../contract.ts';
import { texts } from '../texts.ts';

/** As Kubernetes reports it; `details.causes` name the fields. */
export interface Status {
  readonly kind: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

type ClusterErrorKind =
  'offline' | 'sessionEnded' | 'forbidden' | 'notFound' | 'conflict' | 'exists' | 'expired' | 'invalid' | 'other';

export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly kind: ClusterErrorKind;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly code: string;
  /** Sentences by field, such as `spec.env[0].name`. */
  readonly fields: ReadonlyMap<string, string>;
  /** The language of a sentence that a server wrote; one of our own is in the language of the page. */
  readonly lang: 'en' | undefined;

  constructor(
    kind: ClusterErrorKind,
    message: string,
    { status = 0, code = '', fields = new Map(), lang, cause }: Partial<ClusterError> & ErrorOptions = {},
  ) {
    super(message, { cause });
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.lang = lang;
  }
}

/** From an answer that is not 2xx; `body` is parsed JSON, or undefined where it was none. */
export function errorOf(status: number, body: unknown): ClusterError {
  const found = isRecord(body) ? (body as Partial<Status> & Partial<ErrorBody>) : {};
  const code = found.reason ?? (typeof found.code === 'string' ? found.code : '');
  const causes = found.details?.causes ?? [];
  const fields = new Map(causes.map(({ field = '', message = '' }) => [field, message]));
  const said = causes.length > 0 ? causes.map(({ message = '' }) => message).join(' ') : (found.message ?? '');
  const message = said === '' ? texts.errors.status(status) : inWords(said);
  return new ClusterError(kindOf(status, code), message, { status, code, fields, lang: langOf(said) });
}

/** Nobody on the way to the API server says anything, and nothing has broken off. */
export function notAnswering(): ClusterError {
  return new ClusterError('offline', texts.errors.notAnswering);
}

export function asClusterError(error: unknown): ClusterError {
  if (error instanceof ClusterError) return error;
  return new ClusterError('other', error instanceof Error ? error.message : String(error), { cause: error });
}

function kindOf(status: number, code: string): ClusterErrorKind {
  if (status === 401) return 'sessionEnded';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'notFound';
  if (status === 409) return code === 'AlreadyExists' ? 'exists' : 'conflict';
  if (status === 410) return 'expired';
  if (status === 400 || status === 422) return 'invalid';
  if (status === 502 || status === 503 || status === 504 || status === 429) return 'offline';
  return 'other';
}

const FORBIDDEN =
  /is forbidden: User "[^"]*" cannot (\w+) resource "([^"]+)" in API group "[^"]*"(?: in the namespace "([^"]+)")?/;

/** Of an object that is changed or deleted, or read by its name: the page has seen it before. */
const GONE = /^(?:usersecrets|secretgrants|neurojobs|neuroschedules)\.neu\.ro "([^"]+)" not found$/;

/** A refusal by RBAC, and what is there no longer, in the words of the page; any other sentence as it came. */
export function inWords(said: string): string {
  const { actions, resources, forbidden, gone } = texts.errors;
  const [, name] = GONE.exec(said) ?? [];
  if (name !== undefined) return gone(name);
  const [, verb = '', resource = '', namespace] = FORBIDDEN.exec(said) ?? [];
  if (verb === '') return asSentence(said);
  return forbidden(actions[verb] ?? verb, resources[resource] ?? resource, namespace);
}

/** Whether RBAC refused it, as the API server words it. */
export function isRefusedByRbac(said: string): boolean {
  return FORBIDDEN.test(said);
}

/** Of what `inWords` makes of a server's sentence. */
export function langOf(said: string): ClusterError['lang'] {
  return said === '' || isRefusedByRbac(said) || GONE.test(said) ? undefined : 'en';
}

function asSentence(text: string): string {
  const trimmed = text.trim();
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Nothing else succeeds either: the session, or the way to the cluster, is gone. */
export function isLasting({ kind }: ClusterError): boolean {
  return kind === 'sessionEnded' || kind === 'offline';
}
