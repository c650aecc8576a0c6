/** `neuro job status` and `neuro status`: two columns, in the order and with the words of the original. */
import { API_VERSION, formatSecretUri, partSuffix, type NeuroJob, type SecretReference } from '../../../api/index.ts';
import { quoteAll } from '../../../client/index.ts';
import { homeOf } from '../../homes/home.ts';
import { getJob, statusWithReason } from '../../jobs/jobs.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects, withKind } from '../../output/objects.ts';
import { printFields } from '../../output/table.ts';

export async function jobStatus(run: Invocation, text: string): Promise<void> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const job = await getJob(connection, namespace, text);
  const object = withKind(job, { apiVersion: API_VERSION, kind: 'NeuroJob' });
  const nameOf = ({ metadata }: NeuroJob): string => `neurojob.neu.ro/${metadata.name}`;
  if (await printObjects(run, [object], { nameOf, isList: false })) return;
  printFields(run, rowsOf(job, namespace));
}

function rowsOf(job: NeuroJob, namespace: string): readonly (readonly [string, string | undefined])[] {
  const { spec, status, metadata } = job;
  const uris = new Map(
    (status?.secrets ?? []).map(({ namespace: owner, name, key }) => [`${owner}/${name}`, key ?? name]),
  );
  const uriOf = (reference: SecretReference): string => {
    const { name, namespace: owner } = reference;
    const key = uris.get(`${owner ?? namespace}/${name}`) ?? name;
    const uri = formatSecretUri(owner === undefined || owner === namespace ? { key } : { owner, key });
    return `${uri}${partSuffix(reference)}`;
  };
  const listed = (title: string, lines: readonly string[]): readonly (readonly [string, string])[] =>
    lines.map((line, index) => [index === 0 ? title : '', line]);
  return [
    ['Job', metadata.name],
    ['Tags', spec.tags?.join(', ')],
    ['Owner', namespace],
    ['Description', spec.description],
    ['Status', statusWithReason(job)],
    ['Image', spec.image],
    ['Entrypoint', spec.command === undefined ? undefined : quoteAll(spec.command)],
    ['Command', spec.args === undefined ? undefined : quoteAll(spec.args)],
    ['Working dir', spec.workingDir],
    ['Preset', spec.preset],
    [
      'Restart policy',
      spec.restartPolicy === undefined ? 'never' : spec.restartPolicy.replace('OnF', 'on-f').toLowerCase(),
    ],
    ['Restarts', status?.restarts === undefined ? undefined : String(status.restarts)],
    ['Life span', spec.lifeSpan],
    ...listed(
      'Volumes',
      (spec.volumes ?? []).map((volume) => {
        const claim = volume.persistentVolumeClaim;
        const what =
          claim === undefined
            ? volume.configMap === undefined
              ? 'empty folder'
              : `configmap:${volume.configMap.name}`
            : `pvc:${claim.claimName}`;
        return `${volume.mountPath}  ${what}${volume.readOnly === true ? '  READONLY' : ''}`;
      }),
    ),
    ...listed(
      'Secret files',
      (spec.files ?? []).map(({ path, fromSecret }) => `${path}  ${uriOf(fromSecret)}`),
    ),
    ['HTTP port', spec.http === undefined ? undefined : String(spec.http.port)],
    ['Service', status?.serviceName],
    ...listed(
      'Environment',
      (spec.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [`${name}=${value}`])),
    ),
    ...listed(
      'Secret environment',
      (spec.env ?? []).flatMap(({ name, fromSecret }) =>
        fromSecret === undefined ? [] : [`${name}  ${uriOf(fromSecret)}`],
      ),
    ),
    ['Created', metadata.creationTimestamp],
    ['Started', status?.startTime],
    ['Life span ends', status?.lifeSpanEndsAt],
    ['Finished', status?.finishTime],
    ['Exit code', status?.exitCode === undefined ? undefined : String(status.exitCode)],
    ['Message', status?.message],
    ...listed(
      'Status transitions',
      (status?.transitions ?? []).map(
        ({ time, phase, reason }) => `${time}  ${phase.toLowerCase()}${reason === undefined ? '' : ` (${reason})`}`,
      ),
    ),
  ];
}
