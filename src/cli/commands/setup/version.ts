/** `neuro version`: of the command, the API server and, with permission to view it, the operator. */
import { API_VERSION } from '../../../api/index.ts';
import { operatorImage, serverVersion } from '../../operator/operator-signs.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { sentenceOf } from '../../output/report-error.ts';
import { printFields } from '../../output/table.ts';
import { version } from '../../version.ts';

export interface VersionOptions {
  readonly client?: boolean;
}

export async function showVersion(run: Invocation<VersionOptions>): Promise<void> {
  const client = { command: version, resources: API_VERSION, runtime: `Node ${process.version}` };
  const shown = run.options.client === true ? client : { ...client, ...(await ofTheCluster(run)) };
  if (await printObjects(run, [shown], { nameOf: () => `neuro/${version}`, isList: false })) return;
  printFields(run, Object.entries(shown));
}

async function ofTheCluster(run: Invocation): Promise<Readonly<Record<string, string>>> {
  const orWhy = (error: unknown): string => sentenceOf(run, error);
  try {
    const connection = await run.connect();
    return {
      server: await serverVersion(connection).catch(orWhy),
      operator: await operatorImage(connection, run.options).catch(orWhy),
    };
  } catch (error) {
    return { server: orWhy(error) };
  }
}
