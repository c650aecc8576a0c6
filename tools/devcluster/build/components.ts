/**
 * What can be built, from which Go module, at which version. Versions are pinned here and nowhere else.
 *
 * Each module gets a go.mod of its own, so that the dependency versions of two tools never fight.
 */

export type ModuleName =
  'kubernetes' | 'helm' | 'kubeseal' | 'argocd' | 'kueue' | 'flux-apply' | 'metrics-server' | 'external-secrets';

export interface GoModule {
  readonly name: ModuleName;
  /** Path that the go.mod requires. */
  readonly path: string;
  readonly version: string;
  /** Where the module is fetched under another path than the one by which it calls itself. */
  readonly fetchedAs?: string;
  /** The module's own go.mod replaces its parts by folders; those become released versions with this prefix. */
  readonly stagingVersion?: string;
  /** The Go that builds it, where its go.mod asks for a newer one than Kubernetes'; `go` fetches it like a module. */
  readonly toolchain?: string;
  /** Files of the module that only name its parts, by path, with the text that names those that are built. It is built from a copy. */
  readonly lists?: Readonly<Record<string, string>>;
  /** Values for `-X`, so that the binary knows its version. */
  readonly linkerVariables: Readonly<Record<string, string>>;
}

export interface Component {
  /** Name of the finished binary. */
  readonly name: string;
  readonly module: ModuleName;
  /** Import path of the command. */
  readonly command: string;
  /** A Go file of this folder that is the command, where the module has none. */
  readonly program?: string;
  /** Files and folders of the module that the command needs when it runs; kept in a folder beside the binary. */
  readonly files?: readonly string[];
}

export const KUBERNETES_VERSION = 'v1.36.3';

const KUBERNETES_LINKER_VARIABLES = {
  'k8s.io/component-base/version.gitVersion': KUBERNETES_VERSION,
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': '36',
  'k8s.io/component-base/version.gitTreeState': 'clean',
};

const NEWER_GO = 'go1.27.3';
const EXTERNAL_SECRETS = 'github.com/external-secrets/external-secrets';

export const GO_MODULES: Readonly<Record<ModuleName, GoModule>> = {
  kubernetes: {
    name: 'kubernetes',
    path: 'k8s.io/kubernetes',
    version: KUBERNETES_VERSION,
    stagingVersion: 'v0.36.3',
    linkerVariables: KUBERNETES_LINKER_VARIABLES,
  },
  helm: {
    name: 'helm',
    path: 'helm.sh/helm/v4',
    version: 'v4.3.1',
    linkerVariables: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
  },
  kubeseal: {
    name: 'kubeseal',
    path: 'github.com/bitnami/sealed-secrets',
    version: 'v0.40.0',
    fetchedAs: 'github.com/bitnami-labs/sealed-secrets',
    linkerVariables: { 'main.VERSION': '0.40.0' },
  },
  argocd: {
    name: 'argocd',
    path: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.6.1',
    stagingVersion: 'v3.6.1',
    toolchain: NEWER_GO,
    linkerVariables: { 'github.com/argoproj/argo-cd/v3/common.version': '3.6.1' },
  },
  kueue: { name: 'kueue', path: 'sigs.k8s.io/kueue', version: 'v0.17.0', linkerVariables: {} },
  'flux-apply': {
    name: 'flux-apply',
    path: 'github.com/fluxcd/pkg/ssa',
    version: 'v0.83.0',
    toolchain: NEWER_GO,
    linkerVariables: {},
  },
  'metrics-server': {
    name: 'metrics-server',
    path: 'sigs.k8s.io/metrics-server',
    version: 'v0.9.0',
    linkerVariables: {},
  },
  'external-secrets': {
    name: 'external-secrets',
    path: EXTERNAL_SECRETS,
    version: 'v0.20.4',
    lists: {
      'pkg/provider/register/register.go': `package register\n\nimport _ "${EXTERNAL_SECRETS}/pkg/provider/fake"\n`,
      'pkg/generator/register/register.go': 'package register\n',
    },
    linkerVariables: {},
  },
};

const kubernetes = (name: string): Component => ({
  name,
  module: 'kubernetes',
  command: `k8s.io/kubernetes/cmd/${name}`,
});

/** At the version that Kubernetes' own go.mod requires, so that the packages they share are compiled once. */
export const ETCD: Component = { name: 'etcd', module: 'kubernetes', command: 'go.etcd.io/etcd/server/v3' };
export const API_SERVER = kubernetes('kube-apiserver');
export const CONTROLLER_MANAGER = kubernetes('kube-controller-manager');
export const SCHEDULER = kubernetes('kube-scheduler');
export const KUBECTL = kubernetes('kubectl');
export const KUBELET = kubernetes('kubelet');
export const KUBE_PROXY = kubernetes('kube-proxy');

/** Built by `up`, in the order in which a start needs them. */
export const CONTROL_PLANE: readonly Component[] = [ETCD, API_SERVER, CONTROLLER_MANAGER, SCHEDULER, KUBECTL];

/** Built besides where Pods are to run. */
export const NODE: readonly Component[] = [KUBELET, KUBE_PROXY];

/** Built when asked for. */
export const EXTRA: Readonly<Record<ExtraTool, Component>> = {
  helm: { name: 'helm', module: 'helm', command: 'helm.sh/helm/v4/cmd/helm' },
  kubeseal: { name: 'kubeseal', module: 'kubeseal', command: 'github.com/bitnami/sealed-secrets/cmd/kubeseal' },
  'sealed-secrets': {
    name: 'sealed-secrets',
    module: 'kubeseal',
    command: 'github.com/bitnami/sealed-secrets/cmd/controller',
    files: ['helm/sealed-secrets/crds'],
  },
  argocd: {
    name: 'argocd',
    module: 'argocd',
    command: 'github.com/argoproj/argo-cd/v3/cmd',
    files: [
      'manifests/crds/application-crd.yaml',
      'manifests/crds/appproject-crd.yaml',
      'hack/git-verify-wrapper.sh',
      'hack/gpg-wrapper.sh',
    ],
  },
  kueue: {
    name: 'kueue',
    module: 'kueue',
    command: 'sigs.k8s.io/kueue/cmd/kueue',
    files: ['config'],
  },
  'flux-apply': {
    name: 'flux-apply',
    module: 'flux-apply',
    command: 'neuro.local/devcluster/flux-apply',
    program: 'flux-apply.go',
  },
  'metrics-server': {
    name: 'metrics-server',
    module: 'metrics-server',
    command: 'sigs.k8s.io/metrics-server/cmd/metrics-server',
  },
  'external-secrets': {
    name: 'external-secrets',
    module: 'external-secrets',
    command: 'neuro.local/devcluster/external-secrets',
    program: 'external-secrets.go',
    files: [
      'config/crds/bases/external-secrets.io_externalsecrets.yaml',
      'config/crds/bases/external-secrets.io_secretstores.yaml',
    ],
  },
};

export type ExtraTool = Exclude<ModuleName, 'kubernetes'> | 'sealed-secrets';

/** All tools of a module, so that one go.mod serves them all. */
export function componentsOf(module: ModuleName): readonly Component[] {
  return [...CONTROL_PLANE, ...NODE, ...Object.values(EXTRA)].filter((component) => component.module === module);
}
