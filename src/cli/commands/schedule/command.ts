/** `neuro schedule`: the words and flags. `neuro run --schedule` makes one. */
import type { Command } from 'commander';
import { watching, type WatchOptions } from '../../watching.ts';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import type { RemoveScheduleOptions } from './rm.ts';

export function addScheduleCommands(program: Command, { action }: Actions): void {
  const schedule = program
    .command('schedule')
    .description('run jobs at set times')
    .addHelpText('after', '\nTo create one: neuro run --schedule "0 3 * * 1-5" --time-zone Europe/Berlin IMAGE\n');
  addCommonOptions(schedule.command('ls').alias('list'), { output: true })
    .description('list schedules')
    .option('--watch', 'list again after each change, until Ctrl-C')
    .action(action<WatchOptions>(async (run) => (await watching())(run, (await import('./ls.ts')).listSchedules)));
  addCommonOptions(schedule.command('show'), { output: true })
    .description('show a schedule, its next run and its jobs')
    .argument('<schedule>')
    .action(action(async (run, name = '') => (await import('./show.ts')).showSchedule(run, name)));
  for (const [verb, suspend, description] of [
    ['pause', true, 'create no more jobs until you resume it'],
    ['resume', false, 'create jobs again; missed times are not made up for'],
  ] as const)
    addCommonOptions(schedule.command(verb))
      .description(description)
      .argument('<schedules...>')
      .action(action(async (run, ...names) => (await import('./pause.ts')).setPaused(run, names, suspend)));
  addCommonOptions(schedule.command('run-now'))
    .description('create one job now')
    .argument('<schedule>')
    .action(action(async (run, name = '') => (await import('./run-now.ts')).runNow(run, name)));
  addCommonOptions(schedule.command('rm'))
    .description('remove schedules and their jobs')
    .argument('<schedules...>')
    .option('--keep-jobs', 'keep the jobs')
    .action(
      action<RemoveScheduleOptions>(async (run, ...names) => (await import('./rm.ts')).removeSchedules(run, names)),
    );
}
