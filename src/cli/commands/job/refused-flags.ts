/** Flags of the original's `run` and `job ls` that this operator cannot honour, each with the reason and what to do instead. */
import type { Command } from 'commander';
import { ignoreFlags, refuseFlags, type Refusal } from '../../refuse.ts';

const ofRun: readonly Refusal[] = [
  ['--browse', 'when the job runs, `neuro port-forward JOB --open` opens its page'],
  ['--http <port>', 'it is --http-port'],
  ['--http-auth', 'there is no single sign-on in front of a job; put an ingress with one before its Service'],
  ['--pass-config', 'a job gets no credentials of yours; share secrets with it, or give its service account rights'],
  ['--wait-for-seat', 'there is no quota of running jobs; queue with Kueue and a label on a NeuroJob'],
  ['--privileged', 'a NeuroJob can never get more rights than an ordinary container'],
  ['--energy-schedule <name>', 'there are no energy schedules'],
  ['-x, --extshm', 'say how much: --shm 1Gi'],
];
/** Asks for what is so anyway. */
const harmlessOfRun = ['-X, --no-extshm', '--no-http-auth', '--no-browse', '--no-pass-config', '--no-wait-for-seat'];

const ofList: readonly Refusal[] = [
  ['--owner <user>', 'jobs are those of one namespace; choose it with --namespace'],
  ['--distinct', 'names are distinct: a finished job is replaced by the next of its name'],
  ['--format <columns>', 'columns are chosen from -o json, or with `kubectl get neurojobs -o custom-columns=…`'],
  ['-w, --wide', 'it is -o wide'],
];

export function addRefusedFlags(command: Command): void {
  refuseFlags(command, ofRun);
  ignoreFlags(command, harmlessOfRun);
}

export function addRefusedListFlags(command: Command): Command {
  refuseFlags(command, ofList);
  ignoreFlags(command, ['--full-uri']);
  return command;
}
