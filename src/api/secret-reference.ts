/** Names a UserSecret by `metadata.name`; without a namespace it is one of the object's own namespace. */
export interface SecretReference {
  readonly name: string;
  readonly namespace?: string;
}
