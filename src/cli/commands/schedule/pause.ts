/** `neuro schedule pause` and `resume`. */
import { FIELD_MANAGERS } from '../../../api/index.ts';
import { neuroSchedules } from '../../connect/kinds.ts';
import { homeOf } from '../../homes/home.ts';
import type { Invocation } from '../../factory.ts';
import { eachOnItsOwn } from '../../output/each-on-its-own.ts';
import { say } from '../../output/say.ts';
import { getSchedule } from './find.ts';

export async function setPaused(run: Invocation, names: readonly string[], suspend: boolean): Promise<number> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  return eachOnItsOwn(run, { what: suspend ? 'Pausing' : 'Resuming', nameOf: String }, names, async (name) => {
    const schedule = await getSchedule(connection, namespace, name);
    if ((schedule.spec.suspend === true) !== suspend)
      await connection.client.patch(
        neuroSchedules,
        { namespace, name },
        { spec: { suspend } },
        { fieldManager: FIELD_MANAGERS.cli },
      );
    say(run, suspend ? `Schedule '${name}' paused; jobs that run go on.` : `Schedule '${name}' resumed.`);
  });
}
