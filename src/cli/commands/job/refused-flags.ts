/** Flags of the original's `run` that this operator cannot honour, each with the reason and what to do instead. */
import { Option, type Command } from 'commander';
import { CliError } from '../../errors.ts';

const refused: readonly (readonly [flags: string, why: string])[] = [
  ['--browse', 'there is no address of a job on the web; use `neuro port-forward JOB 8080:PORT`'],
  ['--http-auth', 'there is no single sign-on in front of a job; put an ingress with one before its Service'],
  ['--pass-config', 'a job gets no credentials of yours; share secrets with it, or give its service account rights'],
  ['--wait-for-seat', 'there is no quota of running jobs; queue with Kueue and a label on a NeuroJob'],
  ['--privileged', 'a NeuroJob can never get more rights than an ordinary container'],
  ['--energy-schedule <name>', 'there are no energy schedules'],
  ['--cluster <name>', 'a cluster is chosen with --context'],
  ['--org <name>', 'there are no organisations; a namespace is chosen with --namespace'],
  ['-p, --project <name>', 'there are no projects; a namespace is chosen with --namespace'],
  ['--share <user>', 'jobs are seen by who may see the namespace; give a RoleBinding with the role view'],
  ['--priority <level>', 'priorities are PriorityClasses here; write a NeuroJob with priorityClassName'],
  ['-x, --extshm', 'say how much: --shm 1Gi'],
];

/** Flags that ask for what is so anyway. */
const harmless = ['-X, --no-extshm', '--no-http-auth'];

export function addRefusedFlags(command: Command): void {
  for (const [flags, why] of refused) {
    const name = /--[a-z-]+/.exec(flags)?.[0] ?? flags;
    const refuse = (): never => {
      throw new CliError('usage', `${name} is not possible here: ${why}.`);
    };
    command.addOption(new Option(flags).hideHelp());
    command.on(`option:${name.slice(2)}`, refuse);
  }
  for (const flags of harmless) command.addOption(new Option(flags).hideHelp());
}
