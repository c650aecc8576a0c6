/** The Job controller of kube-controller-manager, which every cluster has: a Job becomes a Pod. It copies no values. */
import { podType } from '../../../src/controllers/resources.ts';
import { singles, type Arena, type Contestant, type Starter } from './contestant.ts';

const tuned = ['--kube-api-qps=1000', '--kube-api-burst=1000', '--concurrent-job-syncs=20'];
/** Kubernetes' own; the development cluster raises them. */
const asShipped = ['--kube-api-qps=20', '--kube-api-burst=30'];

export const jobController: readonly Contestant[] = [
  {
    id: 'job-controller',
    race: 'jobs',
    title: 'Job controller, tuned',
    flags: tuned.join(' '),
    controllerManagerFlags: tuned,
    burst: 1_000,
    single: singles.jobs,
    start: (arena) => Promise.resolve(starter(arena)),
  },
  {
    id: 'job-controller-default',
    race: 'jobs',
    title: 'Job controller, default',
    flags: 'none (20 requests a second)',
    controllerManagerFlags: asShipped,
    burst: 150,
    single: 60,
    start: (arena) => Promise.resolve(starter(arena)),
  },
];

function starter({ client, controllerManagerPid }: Arena): Starter {
  return {
    product: podType,
    pid: controllerManagerPid,
    prepare: (namespace, name) => {
      const container = { name: 'main', image: 'busybox', command: ['sleep', '1'] };
      const template = { spec: { restartPolicy: 'Never', containers: [container] } };
      const body = { apiVersion: 'batch/v1', kind: 'Job', metadata: { namespace, name }, spec: { template } };
      const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
      return Promise.resolve({
        key: `${namespace}/${name}`,
        create: () => client.send({ method: 'POST', path, body }),
      });
    },
    stop: () => Promise.resolve(),
  };
}
