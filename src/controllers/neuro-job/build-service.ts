/** The Service in front of a job's Pod, with the name of the job. Pure. */
import type { Service } from '../resources.ts';
import type { NeuroJobView } from '../views.ts';
import { LABEL_JOB_UID, ownedMetadata } from './object-names.ts';

export function buildService(job: NeuroJobView, port: number): Omit<Service, 'apiVersion' | 'kind'> {
  return {
    metadata: ownedMetadata(job, job.metadata.name),
    spec: {
      selector: { [LABEL_JOB_UID]: job.metadata.uid },
      ports: [{ name: 'http', port, targetPort: port }],
    },
  };
}
