/** What every provider of a cluster gives. */

export interface ClusterOptions {
  /** Several clusters live side by side under different names. Default `default`. */
  readonly name?: string;
  /** Run a kubelet, so that Pods really run. Default: true where the user is root on Linux. */
  readonly node?: boolean;
  /** Appended to the flags of kube-apiserver, for instance an audit log. */
  readonly apiServerFlags?: readonly string[];
  /** Appended to the flags of kube-controller-manager; of two equal ones the last counts. */
  readonly controllerManagerFlags?: readonly string[];
  /** Appended to the flags of etcd; of two equal ones the last counts. */
  readonly etcdFlags?: readonly string[];
  /** A kubeconfig given on purpose; then nothing is started. Default: `NEURO_TEST_KUBECONFIG`. */
  readonly kubeconfig?: string;
  /** Take this provider and no other. Default: the first that serves. */
  readonly provider?: ProviderName;
  /** The cluster ends with the process that started it, however that ends. Default true; the command sets false. */
  readonly endWithParent?: boolean;
  /** Aborting it while the cluster starts takes down what was started. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

export type ProviderName = 'given' | 'k3s' | 'built';

export interface DevCluster {
  readonly name: string;
  /** `https://host:port` of the API server. */
  readonly server: string;
  readonly provider: ProviderName;
  /** Pods really run. */
  readonly hasNode: boolean;
  readonly kubectlPath: string;
  /** Undefined where the provider does not show its etcd. */
  readonly etcdEndpoint: string | undefined;
  /** Path of a user's kubeconfig; default `admin`. Throws `NotRunning` for a user that was never added. */
  kubeconfigPath(user?: string): string;
  /** Makes a client certificate with that name and those groups, and no rights. Returns the kubeconfig's path. */
  addUser(name: string, groups?: readonly string[]): Promise<string>;
  /** Imports an OCI or Docker image tar, so that Pods can use it without a registry. */
  loadImage(tarPath: string): Promise<void>;
  /** Kills the API server (SIGKILL) and starts it again: same port, same data. */
  restartApiServer(): Promise<void>;
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  /** Compacts etcd's history up to now, so that older watches get 410. */
  compactEtcd(): Promise<void>;
  /** Ends everything and removes all that the cluster left on this machine. Safe to call twice. */
  down(): Promise<void>;
}
