/** Under which identity a job's container runs: as the job says, as its namespace demands, else as its image has it. */
import type { NeuroJobSecurityContext } from '../../api/index.ts';
import type { Pod } from '../resources.ts';
import type { NamespaceView, NeuroJobView } from '../views.ts';

type PodSecurity = NonNullable<NonNullable<Pod['spec']>['securityContext']>;
type ContainerSecurity = NonNullable<NonNullable<Pod['spec']>['containers'][number]['securityContext']>;

/** The group of secret files, so that any user of an image reads them: the usual one of images without root. */
export const secretFilesGroup = 65_532;
const podSecurityLabel = 'pod-security.kubernetes.io/enforce';

export function securityOf(
  job: NeuroJobView,
  namespace: NamespaceView,
): { readonly pod: PodSecurity; readonly container: ContainerSecurity | undefined } {
  const own = job.spec.securityContext ?? {};
  const isRestricted = namespace.metadata.labels?.[podSecurityLabel] === 'restricted';
  const fsGroup = own.fsGroup ?? ourGroup(job);
  const runAsNonRoot = own.runAsNonRoot ?? (isRestricted ? true : undefined);
  const container = containerSecurity(own, isRestricted);
  return {
    pod: {
      seccompProfile: { type: 'RuntimeDefault' },
      ...(own.runAsUser === undefined ? {} : { runAsUser: own.runAsUser }),
      ...(own.runAsGroup === undefined ? {} : { runAsGroup: own.runAsGroup }),
      ...(runAsNonRoot === undefined ? {} : { runAsNonRoot }),
      ...(fsGroup === undefined ? {} : { fsGroup }),
      ...(own.supplementalGroups === undefined ? {} : { supplementalGroups: own.supplementalGroups }),
    },
    container: Object.keys(container).length === 0 ? undefined : container,
  };
}

/** Kubernetes would give all files of a mounted claim to an fsGroup; then secret files are readable for all instead. */
function ourGroup({ spec }: NeuroJobView): number | undefined {
  const hasClaim = spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined) ?? false;
  return (spec.files?.length ?? 0) > 0 && !hasClaim ? secretFilesGroup : undefined;
}

function containerSecurity(own: NeuroJobSecurityContext, isRestricted: boolean): ContainerSecurity {
  const allowPrivilegeEscalation = own.allowPrivilegeEscalation ?? (isRestricted ? false : undefined);
  const capabilities = own.capabilities ?? (isRestricted ? { drop: ['ALL'] } : undefined);
  return {
    ...(own.readOnlyRootFilesystem === undefined ? {} : { readOnlyRootFilesystem: own.readOnlyRootFilesystem }),
    ...(allowPrivilegeEscalation === undefined ? {} : { allowPrivilegeEscalation }),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}
