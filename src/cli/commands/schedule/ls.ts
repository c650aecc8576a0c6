/** `neuro schedule ls`: when each runs, and how its last run ended. */
import { API_VERSION, type NeuroSchedule } from '../../../api/index.ts';
import { scheduleState } from '../../../client/index.ts';
import { listAll, neuroSchedules } from '../../connect/kinds.ts';
import { missingSentence, namespaceState } from '../../homes/namespace-state.ts';
import { homeOf } from '../../homes/home.ts';
import type { Invocation } from '../../factory.ts';
import type { Colour } from '../../output/colour.ts';
import { printObjects, withKind } from '../../output/objects.ts';
import { printLines } from '../../output/print.ts';
import { note } from '../../output/say.ts';
import { printRows, type Column } from '../../output/table.ts';
import { ago } from '../../output/when.ts';

const colours: Readonly<Record<string, Colour>> = {
  active: 'green',
  paused: 'yellow',
  waiting: 'cyan',
  problem: 'red',
};

export async function listSchedules(run: Invocation): Promise<void> {
  const connection = await run.connect();
  const home = await homeOf(connection, run.options);
  const schedules = await listAll(connection.client.list(neuroSchedules, { namespace: home }));
  const objects = schedules.map((each) => withKind(each, { apiVersion: API_VERSION, kind: 'NeuroSchedule' }));
  if (await printObjects(run, objects, { nameOf: scheduleRef })) return;
  const now = run.io.now();
  if (run.options.quiet === true) {
    printLines(
      run,
      schedules.map(({ metadata }) => metadata.name),
    );
    return;
  }
  const columns: readonly Column<NeuroSchedule>[] = [
    { title: 'NAME', cell: ({ metadata }) => metadata.name },
    { title: 'SCHEDULE', cell: ({ spec }) => spec.schedule },
    { title: 'TIME ZONE', cell: ({ spec }) => spec.timeZone ?? 'UTC' },
    { title: 'STATE', cell: scheduleState, colour: (schedule) => colours[scheduleState(schedule)] },
    { title: 'RUNNING', cell: ({ status }) => String(status?.activeCount ?? 0) },
    { title: 'LAST', cell: ({ status }) => ago(status?.lastScheduleTime, now) },
    { title: 'RESULT', cell: ({ status }) => (status?.lastFinished?.phase ?? '').toLowerCase() },
    { title: 'NEXT IN', cell: ({ status }) => until(status?.nextScheduleTime, now) },
    { title: 'TEMPLATE', cell: ({ spec }) => spec.jobTemplate.name, isWide: true },
    { title: 'DESCRIPTION', cell: ({ spec }) => spec.description ?? '', isWide: true },
  ];
  printRows(run, columns, schedules);
  if (schedules.length > 0) return;
  const { presence } = await namespaceState(connection, home);
  note(
    run,
    presence === 'missing'
      ? missingSentence(home)
      : `No schedules in the namespace '${home}' yet; \`neuro run --schedule "0 3 * * *" IMAGE\` makes one.`,
  );
}

export function scheduleRef({ metadata }: NeuroSchedule): string {
  return `neuroschedule.neu.ro/${metadata.name}`;
}

/** How long until then, in the same short form. */
function until(time: string | undefined, now: Date): string {
  return time === undefined ? '' : ago(now.toISOString(), new Date(time));
}
