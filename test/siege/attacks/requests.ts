/** An attack on the API server itself, which the operator's requests pass as well. */
import type { Attack } from '../attacker/attack.ts';

/** Few to make, and some megabytes to list. */
const listed = 100;
const listedBytes = 48 * 1024;
/** More than the API server takes at a time of all service accounts. */
const atOnce = 180;

export const requests: readonly Attack[] = [
  {
    name: 'requests',
    aim: 'as many large requests at a time as the API server takes, by a service account of hers',
    run: async (by) => {
      await by.each(by.count(listed), (index) =>
        by.create('configmaps', {
          metadata: { name: `c${String(index)}` },
          data: { filler: 'x'.repeat(listedBytes) },
        }),
      );
      await by.flood(['configmaps', 'usersecrets', 'neurojobs'], atOnce);
    },
  },
];
