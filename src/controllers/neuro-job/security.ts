/** Under which identity a job's container runs: as the job says, as its namespace demands, else as its image has it. Pure. */
import { LABEL_POD_SECURITY, type NeuroJobSecurityContext } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { Pod } from '../resources.ts';
import type { NamespaceView } from '../views.ts';
import type { WholeJob } from './facts.ts';

type PodSecurity = NonNullable<NonNullable<Pod['spec']>['securityContext']>;
type ContainerSecurity = NonNullable<NonNullable<Pod['spec']>['containers'][number]['securityContext']>;

export function securityOf(
  job: Pick<WholeJob, 'spec'>,
  namespace: NamespaceView,
  fsGroup: number | undefined,
): { readonly pod: PodSecurity; readonly container: ContainerSecurity | undefined } {
  const own = job.spec.securityContext ?? {};
  const isRestricted = isRestrictedNamespace(namespace);
  const runAsNonRoot = own.runAsNonRoot ?? (isRestricted ? true : undefined);
  const container = containerSecurity(own, isRestricted);
  return {
    pod: {
      seccompProfile: { type: 'RuntimeDefault' },
      ...defined({
        runAsUser: own.runAsUser,
        runAsGroup: own.runAsGroup,
        runAsNonRoot,
        fsGroup,
        supplementalGroups: own.supplementalGroups,
      }),
    },
    container: Object.keys(container).length === 0 ? undefined : container,
  };
}

/** Whether it is sure before the start that the container does not run as root. */
export function demandsNonRoot({ spec }: Pick<WholeJob, 'spec'>, namespace: NamespaceView): boolean {
  const { runAsUser, runAsNonRoot } = spec.securityContext ?? {};
  if (runAsUser !== undefined) return runAsUser !== 0;
  return runAsNonRoot ?? isRestrictedNamespace(namespace);
}

function isRestrictedNamespace(namespace: NamespaceView): boolean {
  return namespace.metadata.labels?.[LABEL_POD_SECURITY] === 'restricted';
}

function containerSecurity(own: NeuroJobSecurityContext, isRestricted: boolean): ContainerSecurity {
  const allowPrivilegeEscalation = own.allowPrivilegeEscalation ?? (isRestricted ? false : undefined);
  const capabilities = own.capabilities ?? (isRestricted ? { drop: ['ALL'] } : undefined);
  return defined({ readOnlyRootFilesystem: own.readOnlyRootFilesystem, allowPrivilegeEscalation, capabilities });
}
