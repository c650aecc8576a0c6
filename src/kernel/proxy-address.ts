/** Which proxy leads to an address, and whether it is one that we can use. */
import { KernelError } from './errors.ts';
import { proxyFor } from './proxy-variables.ts';

interface NamedProxy {
  readonly proxyUrl?: string;
  /** The variable of the environment that names it; absent where the kubeconfig does. */
  readonly proxyVariable?: string;
}

/** The proxy to an address: that of the kubeconfig, else that of the environment. Throws where it is none that we can use. */
export function proxyOf(
  server: string,
  { clusterName, proxyUrl }: { readonly clusterName?: string; readonly proxyUrl?: string | undefined } = {},
): NamedProxy {
  if (proxyUrl !== undefined) {
    const where = `the proxy-url of the cluster "${clusterName ?? ''}" in the kubeconfig`;
    if (!isHttp(proxyUrl)) throw unusableProxy(where, proxyUrl);
    return { proxyUrl };
  }
  const named = proxyFor(server, process.env);
  if (named === undefined) return {};
  if (!isHttp(named.address)) throw unusableProxy(`the variable ${named.variable}`, named.address);
  return { proxyUrl: named.address, proxyVariable: named.variable };
}

/** `nodeHttp` takes no other, and would connect directly where the proxy may be there to prevent it. */
function unusableProxy(where: string, address: string): KernelError {
  return new KernelError(
    'BadRequest',
    `${where} ${proxyFault(address)}: give the address of an HTTP proxy, such as http://proxy.example.com:3128`,
  );
}

/** Names nothing but the scheme: the address may hold a password. */
function proxyFault(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0];
  if (scheme === undefined) return 'does not begin with http:// or https://';
  return isHttp(`${scheme}host`) ? 'is not a valid address' : `begins with ${scheme}, not with http:// or https://`;
}

export function isHttp(address: string): boolean {
  return /^https?:\/\//.test(address) && URL.canParse(address);
}
