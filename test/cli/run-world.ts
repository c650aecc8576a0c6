/** What tests of `neuro run` share: a job, its status, and a secret that somebody else shares. */
import { SHARED_WITH_ME_CONFIG_MAP, type NeuroJob } from '../../src/api/index.ts';
import { configMaps, neuroJobs } from '../../src/cli/connect/kinds.ts';
import { until } from '../support/until.ts';
import type { World } from './typed.ts';

export const image = 'registry.example/team/worker:1';

/** A secret of bob in the list of what is shared with alice. */
export function listed(world: World, key: string, name: string): void {
  const entry = { uri: `secret:/bob/${key}`, namespace: 'bob', name, key, access: 'read', owner: 'bob' };
  world.model.put(configMaps, {
    metadata: { namespace: 'alice', name: SHARED_WITH_ME_CONFIG_MAP },
    data: { one: JSON.stringify(entry) },
  });
}

export const jobsOf = (world: World): readonly NeuroJob[] =>
  world.model.all(neuroJobs) as unknown as readonly NeuroJob[];

export async function onlyJob(world: World): Promise<NeuroJob> {
  await until(() => jobsOf(world).length > 0, 'a job');
  return jobsOf(world)[0] as NeuroJob;
}

/** Writes a status, as the operator would. */
export function setStatus(world: World, job: NeuroJob, status: object): void {
  world.model.put(neuroJobs, { ...job, status });
}
