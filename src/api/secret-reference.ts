/** Names a UserSecret by `metadata.name`; without a namespace it is one of the object's own namespace. */
export interface SecretReference {
  readonly name: string;
  readonly namespace?: string;
  /** Of a certificate pair: only this. */
  readonly part?: 'tls.crt' | 'tls.key' | 'ca.crt';
}
