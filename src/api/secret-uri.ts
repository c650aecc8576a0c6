/**
 * `secret:` URIs: how people name a secret, or all secrets, of themselves and of others.
 *
 *     secret:key                     my secret
 *     secret:/alice/key              the secret of alice (the namespace that owns it); also secret:///alice/key
 *     secret://cluster/alice/key     the same, with the cluster
 *     secret:   secret:/alice   secret://cluster/alice      all of mine, all of hers
 *
 * Promise: `parseSecretUri(formatSecretUri(uri))` is `uri`. The scheme is read in any case, as in all URIs; a key is
 * percent-decoded and then checked by the rule for keys.
 */
import { ApiError } from './errors.ts';
import { keyProblem } from './key.ts';
import { isNamespaceName } from './namespace-name.ts';

const SECRET_SCHEME = 'secret:';

export interface SecretUri {
  /** Omitted: the cluster that one works with. */
  readonly cluster?: string;
  /** Namespace of the owner. Omitted: one's own. */
  readonly owner?: string;
  /** Omitted: all secrets of the owner. */
  readonly key?: string;
}

const CLUSTER = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;

/** Whether a value of `--env` or `--volume` is meant as a secret: the literal prefix, in lower case. */
export function looksLikeSecretUri(text: string): boolean {
  return text.startsWith(SECRET_SCHEME);
}

/** Throws `InvalidSecretUri`. */
export function parseSecretUri(text: string): SecretUri {
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(text) ?? [];
  if (scheme === undefined) throw invalid(text, `has no scheme; write secret:${text}`);
  if (scheme.toLowerCase() !== 'secret')
    throw invalid(text, `has the scheme '${scheme}:'; only 'secret:' names a secret`);
  if (rest.includes('#')) throw invalid(text, "has a fragment part; write '%23' for a '#' of the path");
  if (rest.includes('?')) throw invalid(text, "has a query part; write '%3F' for a '?' of the path");
  if (rest.startsWith('~'))
    throw invalid(text, "begins with '~'; write secret:/NAMESPACE/KEY for someone else's secret");
  if (rest.startsWith('//') && !rest.startsWith('///')) return withCluster(text, rest.slice(2));
  if (rest.startsWith('/')) return withOwner(text, rest.replace(/^\/+/, ''));
  if (rest === '') return {};
  if (rest.includes('/')) throw invalid(text, `has a '/' in the key; write secret:/${rest} for the secret of another`);
  return { key: decodedKey(text, rest) };
}

/** The text with only what is there. A URI with a cluster needs an owner. */
export function formatSecretUri(uri: SecretUri): string {
  const key = uri.key ?? '';
  if (uri.owner === undefined) return `${SECRET_SCHEME}${key}`;
  const path = uri.key === undefined ? uri.owner : `${uri.owner}/${key}`;
  return uri.cluster === undefined ? `${SECRET_SCHEME}/${path}` : `${SECRET_SCHEME}//${uri.cluster}/${path}`;
}

function withCluster(text: string, rest: string): SecretUri {
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? '' : rest.slice(slash + 1);
  if (authority.includes('@')) throw invalid(text, 'has a user part; only the name of a cluster stands after //');
  if (authority.includes(':')) throw invalid(text, 'has a port; only the name of a cluster stands after //');
  if (!CLUSTER.test(authority)) throw invalid(text, 'has no valid name of a cluster after //');
  return { cluster: authority, ...withOwner(text, path) };
}

function withOwner(text: string, path: string): SecretUri {
  const [owner = '', key, ...more] = path.split('/');
  if (owner === '') throw invalid(text, 'names no owner; write secret:/NAMESPACE/KEY');
  if (!isNamespaceName(owner)) throw invalid(text, `has the owner '${owner}', which is not the name of a namespace`);
  if (more.length > 0) throw invalid(text, 'has too many parts; write secret:/NAMESPACE/KEY');
  if (key === undefined) return { owner };
  if (key === '') throw invalid(text, `names no key after the '/'; write secret:/${owner} for all secrets of ${owner}`);
  return { owner, key: decodedKey(text, key) };
}

function decodedKey(text: string, encoded: string): string {
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch (error) {
    throw invalid(text, "has a '%' that is not followed by two hexadecimal digits", { cause: error });
  }
  const problem = keyProblem(key);
  if (problem !== undefined) throw invalid(text, `holds no key: ${problem.replace(/\.$/, '')}`);
  return key;
}

function invalid(text: string, problem: string, options?: ErrorOptions): ApiError {
  return new ApiError('InvalidSecretUri', `The URI ${JSON.stringify(text)} ${problem}.`, options);
}
