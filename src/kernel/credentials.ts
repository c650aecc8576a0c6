/** What a client authenticates with to the API server, and how it verifies the server. */

/** Current TLS material and headers. Tokens and certificates rotate, so ask again; `Access` caches. */
export interface Credentials {
  /** Each of several values is sent as a header of its own. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsMaterial;
}

export interface CredentialsOptions {
  /** The API server has refused the last ones: get others, if there are any. */
  readonly isRefused?: boolean;
}

export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}
