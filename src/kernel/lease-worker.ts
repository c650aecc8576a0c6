/**
 * The thread that seeks, renews and releases the lease, so that nothing that the main thread does can hold a renewal up. It knows
 * nothing but the lease, and has connections of its own.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { defined } from '../defined.ts';
import type { Credentials } from './credentials.ts';
import { KubeClient } from './client.ts';
import { LeaderElector } from './leader-election.ts';
import type { LeaseCommand, LeaseEvent, LeaseThreadData } from './lease-messages.ts';
import { nodeHttp } from './node-http.ts';
import { SharedMoment, steadyNowMs } from './shared-moment.ts';
import { Transport } from './transport.ts';

const data = workerData as LeaseThreadData;
const lease = portOf();
const tell = (event: LeaseEvent): void => lease.postMessage(event);
const stopping = new AbortController();
let credentials: Credentials = data.credentials;
let endWork: (failed: boolean) => void = () => undefined;

lease.on('message', (command: LeaseCommand) => {
  switch (command.type) {
    case 'ended':
      endWork(command.failed);
      break;
    case 'credentials':
      credentials = command.credentials;
      break;
    case 'stop':
      stopping.abort(new Error('the operator stops'));
      break;
    default:
      command satisfies never;
  }
});

const { server, proxyUrl, namespace, name, identity, isSuccessor, userAgent, retryPeriodMs } = data;
const transport = new Transport({
  access: {
    server,
    ...defined({ proxyUrl }),
    namespace,
    clusterName: '',
    credentials: () => Promise.resolve(credentials),
  },
  http: nodeHttp,
  userAgent,
  onResponse: () => tell({ type: 'answered' }),
});
const renewedAt = new SharedMoment(data.renewedAt);
const elector = new LeaderElector({
  client: new KubeClient({ transport }),
  namespace,
  name,
  identity,
  isSuccessor,
  ...defined({ retryPeriodMs }),
  steadyNow: steadyNowMs,
  onRenewed: (at) => renewedAt.set(at),
  onError: ({ message }) => tell({ type: 'error', message }),
});
void run();

async function run(): Promise<void> {
  await elector.run(stopping.signal, {
    onStartedLeading: (signal) =>
      new Promise<void>((resolve, reject) => {
        endWork = (failed) => {
          if (failed) reject(new Error('the work failed'));
          else resolve();
        };
        signal.addEventListener('abort', () => tell({ type: 'aborted' }), { once: true });
        tell({ type: 'started' });
        if (signal.aborted) tell({ type: 'aborted' });
      }),
    onStoppedLeading: () => tell({ type: 'stopped' }),
  });
  await transport.close();
  lease.close();
}

function portOf(): NonNullable<typeof parentPort> {
  if (parentPort === null) throw new Error('lease-worker.ts runs as a thread');
  return parentPort;
}
