/** Who else writes a status, as the API server records it in `metadata.managedFields`. Pure. */
import type { ObjectMeta } from '../kernel/index.ts';

/** Characters of a field manager's name; the API server takes 128. */
const longestName = 128;

/**
 * The part of a sentence that names the latest other writer. Where only our own field manager stands there, it is another installation of this
 * operator: this one wrote something else.
 */
export function otherWriter({ managedFields = [] }: Pick<ObjectMeta, 'managedFields'>, own: string): string {
  const writers = managedFields.filter(({ subresource }) => subresource === 'status');
  const [other] = writers
    .filter(({ manager }) => manager !== undefined && manager !== own)
    .sort((one, another) => (another.time ?? '').localeCompare(one.time ?? ''));
  if (other?.manager !== undefined) return `the field manager '${other.manager.slice(0, longestName)}'`;
  return writers.length === 0
    ? 'something that leaves no trace in metadata.managedFields'
    : `another installation of this operator (field manager '${own}')`;
}
