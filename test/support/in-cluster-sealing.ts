/** Seals as people do: with the public keys that the cluster shows to everyone who is logged in. */
import { execFile } from 'node:child_process';
import type { UserSecretSpec } from '../../src/api/index.ts';
import { builtTool } from './built-tool.ts';
import { chooseSealingKey, parsePublicKeys, sealHpke } from '../../src/sealing/index.ts';
import { operatorNamespace, type InCluster } from './in-cluster.ts';
import { userSecret, type Applied } from './in-cluster-objects.ts';

/** A UserSecret whose value is sealed by HPKE, as `neuro` and the console seal. */
export async function sealedSecret(
  cluster: InCluster,
  namespace: string,
  name: string,
  value: string,
  spec: UserSecretSpec = {},
): Promise<Applied<UserSecretSpec>> {
  const { data } = await cluster.requestAs<{ readonly data?: Readonly<Record<string, string>> }>('alice', {
    method: 'GET',
    path: `/api/v1/namespaces/${operatorNamespace}/configmaps/neuro-sealing-keys`,
  });
  const key = await chooseSealingKey(await parsePublicKeys(data?.['keys.json'] ?? ''));
  const context = { namespace, name, key: spec.key ?? name };
  const sealed = await sealHpke(key, context, new TextEncoder().encode(value));
  return userSecret(namespace, name, { ...spec, sealed: { value: sealed } });
}

/** Runs the real kubeseal as that user, against the operator as its controller. */
export async function kubeseal(
  cluster: InCluster,
  user: string,
  flags: readonly string[],
  input: string | Uint8Array = '',
): Promise<string> {
  const program = await builtTool('kubeseal');
  const kubeconfig = cluster.cluster.kubeconfigPath(user);
  const controller = ['--controller-name', 'neuro-operator', '--controller-namespace', operatorNamespace];
  return new Promise((resolve, reject) => {
    const child = execFile(program, ['--kubeconfig', kubeconfig, ...controller, ...flags], (error, stdout, stderr) =>
      error ? reject(new Error(`kubeseal failed: ${stderr}`, { cause: error })) : resolve(stdout),
    );
    child.stdin?.end(input);
  });
}
