/** What each level of access allows, in one sentence; the command and the console say the same. Pure. */
import type { SecretGrantAccess } from '../api/index.ts';

/** The levels, from the one that allows least to the one that allows most. */
export const accessLevels = ['read', 'copy', 'write', 'manage'] as const satisfies readonly SecretGrantAccess[];

/** "They": the person, or the members of the group, and the jobs of their homes. */
export const accessSentences = {
  read: 'Their jobs can use it. A job can print the value.',
  copy: 'As read, and their namespaces can keep a copy. Anyone who can read Secrets there can read it.',
  write: 'As read, and they can replace or delete it. They cannot keep a copy.',
  manage: 'As write, and they can share it. They cannot keep a copy.',
} as const satisfies Readonly<Record<SecretGrantAccess, string>>;
