/**
 * Lets somebody look after one job: its status, output, commands in it, and its end. Native RBAC in the job's namespace,
 * owned by the job, so it ends with it. What the author does not hold themselves, the API server refuses to hand on.
 */
import { hash } from 'node:crypto';
import {
  API_VERSION,
  GROUP,
  formatSubject,
  rbacSubjectOf,
  type NeuroJob,
  type SecretGrantSubject,
} from '../../api/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { madeByLabel, madeByNeuro, roleBindings, roles } from '../connect/kinds.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Shares a job. As in the original, a user with write access can also run commands in the job, and end it. */
export async function shareJob({ client }: Connection, job: NeuroJob, subject: SecretGrantSubject): Promise<void> {
  const { name: jobName, namespace = '', uid = '' } = job.metadata;
  const digits = hash('sha256', formatSubject(subject), 'hex').slice(0, 8);
  const metadata = {
    name: `${jobName}-${digits}`,
    namespace,
    labels: { [madeByLabel]: madeByNeuro },
    ownerReferences: [{ apiVersion: API_VERSION, kind: 'NeuroJob', name: jobName, uid }],
  };
  const only = { resourceNames: [jobName] };
  // The Pod of a job has its name.
  await orThere(
    client.create(roles, {
      metadata,
      rules: [
        { apiGroups: [GROUP], resources: ['neurojobs'], verbs: ['get', 'update', 'patch', 'delete'], ...only },
        { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get'], ...only },
        {
          apiGroups: [''],
          resources: ['pods/exec', 'pods/attach', 'pods/portforward'],
          verbs: ['get', 'create'],
          ...only,
        },
      ],
    }),
  );
  await orThere(
    client.create(roleBindings, {
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: metadata.name },
      subjects: [rbacSubjectOf(subject)],
    }),
  );
}

async function orThere(making: Promise<unknown>): Promise<void> {
  await making.catch((error: unknown) => {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
  });
}
