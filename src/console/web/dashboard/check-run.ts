/** CHECK: the questions of `checkJob`, asked through the console with the user's own rights. Nothing is created. */
import { FIELD_MANAGERS, GROUP, KINDS, VERB_USE, type NeuroJob } from '../../../api/index.ts';
import {
  checkedForeign,
  checkedOwn,
  checkJob,
  granteeOfJobs,
  presetNames,
  type CheckedCluster,
  type CheckedSecret,
  type CheckLine,
  type Look,
  type SecretChoice,
} from '../../../client/index.ts';
import type { SealingPlace } from '../../contract.ts';
import type { Connection } from '../cluster/connection.ts';
import { ClusterError } from '../cluster/errors.ts';
import { mayI } from '../cluster/may-i.ts';
import { claims, configMaps, namespaces, neuroJobs, userSecrets } from '../cluster/object.ts';
import { texts } from '../texts.ts';
import { readPresets } from './use-presets.ts';

interface CheckedRun {
  readonly job: NeuroJob;
  readonly secrets: readonly SecretChoice[];
  readonly user: string;
  /** Where the operator publishes what everyone may read. */
  readonly place: SealingPlace;
}

/** Claims of a namespace that are looked through; the console's server lists them and gets no single one. */
const mostClaims = 500;

export async function checkRun(
  connection: Connection,
  { job, secrets, user, place }: CheckedRun,
): Promise<readonly CheckLine[]> {
  const checked = await Promise.all(
    secrets.map((secret) => checkSecret(connection, job.metadata.namespace ?? '', secret, user)),
  );
  return checkJob(checkedCluster(connection, job, place), job, checked, texts.check.words);
}

async function checkSecret(
  connection: Connection,
  home: string,
  { namespace, name, key, isMine, isListed }: SecretChoice,
  user: string,
): Promise<CheckedSecret> {
  if (isMine) {
    const look = await lookAt(() => connection.get(userSecrets, { namespace, name }));
    return checkedOwn(namespace, key, look === 'absent' ? undefined : name, texts.check.words);
  }
  const resource = KINDS.UserSecret.plural;
  const isAllowed = await mayI(connection, { group: GROUP, resource, verb: VERB_USE, namespace, name });
  // The user is asked for, not the job's service account, which a grant to the namespace is for.
  const mayUse = isAllowed || (isListed ? undefined : false);
  const look = mayUse === false ? await lookAt(() => connection.get(namespaces, { name: home })) : 'absent';
  const grantee = granteeOfJobs(look !== 'absent' && 'found' in look ? look.found : undefined, user);
  return checkedForeign({ namespace, name, key }, { mayUse, isListed, grantee }, texts.check.words);
}

function checkedCluster(connection: Connection, job: NeuroJob, place: SealingPlace): CheckedCluster {
  const { namespace = '', name } = job.metadata;
  return {
    allowed: (question) => mayI(connection, question),
    claim: async (claimName) => {
      const list = await lookAt(() => connection.page(claims, { namespace }, { limit: mostClaims }));
      if (list === 'absent' || 'unknown' in list) return list;
      const found = list.found.items.find(({ metadata }) => metadata.name === claimName);
      if (found !== undefined) return { found: { isBound: found.status?.phase === 'Bound' } };
      return list.found.continueToken === undefined ? 'absent' : { unknown: texts.check.tooManyClaims };
    },
    configMap: (mapName) => lookAt(() => connection.get(configMaps, { namespace, name: mapName })),
    presets: async () =>
      presetNames(await readPresets(connection, place.namespace), place.namespace, texts.check.words),
    dryRun: async () => {
      try {
        await connection.create(neuroJobs, job, { fieldManager: FIELD_MANAGERS.console, dryRun: 'All' });
        return 'accepted';
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        const { kind, message } = error;
        if (kind === 'exists') return 'exists';
        if (kind === 'forbidden') return { refused: message, problem: 'notPermitted' };
        if (kind === 'notFound') return { refused: message, problem: 'notFound' };
        if (kind === 'invalid') return { refused: message, problem: 'refused' };
        throw error;
      }
    },
    former: () => lookAt(() => connection.get(neuroJobs, { namespace, name })),
  };
}

async function lookAt<T>(ask: () => Promise<T>): Promise<Look<T>> {
  try {
    return { found: await ask() };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (error.kind === 'notFound') return 'absent';
    if (error.kind === 'forbidden') return { unknown: error.message };
    throw error;
  }
}
