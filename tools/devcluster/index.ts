/** A real Kubernetes on this machine, for the demo, tests and benchmarks. The public interface of this folder. */
export { findCluster, startCluster } from './start-cluster.ts';
export { removeCluster } from './remove-cluster.ts';
export { ensureTool } from './build/build.ts';
export type { ExtraTool } from './build/components.ts';
export { DevClusterError } from './errors.ts';
export type { DevClusterErrorCode } from './errors.ts';
export type { ClusterOptions, DevCluster, ProviderName } from './dev-cluster.ts';
export { writeConsoleImage, writeOperatorImage } from './image/operator-image.ts';
export type { OperatorImageOptions } from './image/operator-image.ts';
export { nodeIsPossible } from './node/node-packages.ts';
