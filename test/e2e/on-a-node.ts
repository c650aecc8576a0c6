/** For test files that try one namespace on a real node: the cluster, the operator beside it, and what is asked of both. */
import { afterAll, beforeAll } from 'vitest';
import { collectionOf } from '../support/api-paths.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { nodeCluster, type NodeCluster } from './node-cluster.ts';

interface OnNode {
  /** Puts an object of ours there, as the administrator. */
  apply(kind: string, name: string, spec: object): Promise<void>;
  /** Without a name, the list of that kind. By one request, so that it costs little to look again and again. */
  get<T>(apiVersion: string, kind: string, name?: string): Promise<T>;
  /** As the administrator; rejects with what kubectl says. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Ends the operator, and starts another one. */
  restartOperator(): Promise<void>;
}

export function onANode(prefix: string): OnNode {
  let cluster: NodeCluster;
  let operator: RunningOperator;
  let namespace: string;
  beforeAll(async () => {
    cluster = await nodeCluster();
    operator = await startOperator(cluster);
    namespace = await cluster.makeNamespace(prefix);
  });
  afterAll(async () => {
    await operator.stop();
    await cluster.leave();
  });
  return {
    apply: async (kind, name, spec) => {
      const object = { apiVersion: 'neu.ro/v1', kind, metadata: { namespace, name }, spec };
      const { code, stderr } = await cluster.apply('admin', object);
      if (code !== 0) throw new Error(stderr);
    },
    get: <T>(apiVersion: string, kind: string, name?: string) => {
      const collection = collectionOf({ apiVersion, kind, metadata: { namespace, name: '' } });
      return cluster.request<T>({ method: 'GET', path: name === undefined ? collection : `${collection}/${name}` });
    },
    kubectl: async (...args) => {
      const { code, stdout, stderr } = await cluster.kubectl('admin', ['-n', namespace, ...args]);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    restartOperator: async () => {
      await operator.stop();
      operator = await startOperator(cluster);
    },
  };
}
