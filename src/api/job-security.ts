/** Under which identity the container of a job runs: as the job says, as its namespace demands, else as its image has it. Pure. */
import { defined } from '../defined.ts';
import { LABEL_POD_SECURITY } from './constants.ts';
import type { NeuroJobSecurityContext } from './v1/neuro-job.ts';

type OfPod = 'runAsUser' | 'runAsGroup' | 'runAsNonRoot' | 'supplementalGroups';
type OfContainer = 'readOnlyRootFilesystem' | 'allowPrivilegeEscalation' | 'capabilities';

/** All that the Pod Security Standards look at, in the Pod of a job. */
export interface JobSecurity {
  readonly pod: Pick<NeuroJobSecurityContext, OfPod> & { readonly seccompProfile: { readonly type: 'RuntimeDefault' } };
  readonly container: Pick<NeuroJobSecurityContext, OfContainer>;
}

/** `isRestricted`: the namespace demands it. */
export function jobSecurity(own: NeuroJobSecurityContext = {}, isRestricted: boolean): JobSecurity {
  return {
    pod: {
      seccompProfile: { type: 'RuntimeDefault' },
      ...defined({
        runAsUser: own.runAsUser,
        runAsGroup: own.runAsGroup,
        runAsNonRoot: own.runAsNonRoot ?? (isRestricted ? true : undefined),
        supplementalGroups: own.supplementalGroups,
      }),
    },
    container: defined({
      readOnlyRootFilesystem: own.readOnlyRootFilesystem,
      allowPrivilegeEscalation: own.allowPrivilegeEscalation ?? (isRestricted ? false : undefined),
      capabilities: own.capabilities ?? (isRestricted ? { drop: ['ALL'] } : undefined),
    }),
  };
}

/** By its label alone: a default of the cluster is in no object. */
export function demandsRestricted(labels: Readonly<Record<string, string>> | undefined): boolean {
  return labels?.[LABEL_POD_SECURITY] === 'restricted';
}
