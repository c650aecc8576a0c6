/** Entries of the ConfigMap `neuro-shared-with-me`. Pure. */
export interface SharedEntry {
  readonly uri: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly access: 'read' | 'write' | 'manage';
  readonly owner: string;
  readonly expiresAt?: string;
}

/** Sorted by URI; without what has ended, and without what cannot be read. */
export function sharedEntries(data: Readonly<Record<string, string>>, nowMs: number): readonly SharedEntry[] {
  return Object.values(data)
    .flatMap((text) => entryOf(text) ?? [])
    .filter(({ expiresAt }) => expiresAt === undefined || new Date(expiresAt).getTime() > nowMs)
    .sort((a, b) => (a.uri < b.uri ? -1 : 1));
}

function entryOf(text: string): SharedEntry | undefined {
  try {
    const entry = JSON.parse(text) as Partial<SharedEntry> | null;
    const isWhole = [entry?.uri, entry?.namespace, entry?.name, entry?.key].every((part) => typeof part === 'string');
    return isWhole ? (entry as SharedEntry) : undefined;
  } catch {
    return undefined;
  }
}
