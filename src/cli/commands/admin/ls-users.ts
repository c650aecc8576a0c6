/** `neuro admin ls-users`: who has a home, where, and of which groups. */
import { formatGroups } from '../../../api/index.ts';
import { listHomes, type Home } from '../../homes/homes.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { printRows } from '../../output/table.ts';
import { ago } from '../../output/when.ts';

export async function listUsers(run: Invocation): Promise<void> {
  const homes = await listHomes(await run.connect());
  if (await printObjects(run, homes, { nameOf: ({ namespace }: Home) => `namespace/${namespace}` })) return;
  if (run.options.quiet === true) {
    printLines(
      run,
      homes.map(({ user }) => user),
    );
    return;
  }
  const now = run.io.now();
  printRows(
    run,
    [
      { title: 'USER', cell: ({ user }: Home) => user },
      { title: 'NAMESPACE', cell: ({ namespace }) => namespace },
      { title: 'GROUPS', cell: ({ groups }) => formatGroups(groups) },
      { title: 'AGE', cell: ({ createdAt }) => ago(createdAt, now) },
    ],
    homes,
  );
  if (homes.length === 0) note(run, 'No homes yet; `neuro admin add-user NAME` makes one.');
}
