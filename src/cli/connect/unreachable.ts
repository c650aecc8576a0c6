/** An API server that cannot be reached, in words: which one, why not, and what to do. */
import { KernelError, isKernelError, type Access, type Requester } from '../../kernel/index.ts';

/** A `KernelError` still: what retries goes by its code. */
export class UnreachableError extends KernelError {
  readonly sentence: string;

  constructor(error: KernelError, sentence: string) {
    super(error.code, error.message, { cause: error.cause });
    this.sentence = sentence;
  }
}

type Place = Pick<Access, 'server' | 'proxyUrl' | 'contextName'>;

interface Fault {
  readonly code?: string;
  readonly message?: string;
  /** The name that was not found: that of the proxy, where there is one. */
  readonly hostname?: string;
}

/** Requests that get no answer fail with an `UnreachableError`. */
export function namingServer(requester: Requester, place: Place): Requester {
  const named = (error: unknown): never => {
    throw isKernelError(error, 'Network', 'Timeout')
      ? new UnreachableError(error, unreachableSentence(place, error.cause ?? error))
      : error;
  };
  return {
    request: (request) => requester.request(request).catch(named),
    stream: (request) => requester.stream(request).catch(named),
  };
}

/** Pure. Never holds the credentials or the query of an address. */
export function unreachableSentence({ server, proxyUrl, contextName }: Place, fault: Fault): string {
  const proxy = proxyUrl === undefined ? '' : ` through the proxy ${bareAddress(proxyUrl)}`;
  const where = contextName === undefined ? 'from inside the cluster' : `context '${contextName}'`;
  const other = contextName === undefined ? '' : ', or choose another context with --context';
  const [why, todo] = causeOf(fault);
  return `No connection to the API server ${bareAddress(server)}${proxy} (${where}): ${why}; ${todo}${other}.`;
}

function causeOf({ code = '', message = '', hostname }: Fault): readonly [why: string, todo: string] {
  const network = 'check the network, a VPN too';
  const authority = 'correct the certificate-authority of the kubeconfig';
  switch (code) {
    case 'ECONNREFUSED':
      return ['the connection was refused', 'check that the cluster runs'];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`the host ${hostname === undefined ? '' : `'${hostname}' `}was not found`, network];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['no route leads to it', network];
    case 'ECONNRESET':
    case 'EPIPE':
      return ['the connection was closed without a response', 'try again'];
    case 'CERT_HAS_EXPIRED':
      return ['its certificate has expired', 'an administrator of the cluster renews it'];
    case 'CERT_NOT_YET_VALID':
      return ['its certificate is not valid yet', 'check the clock of this machine'];
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return ['its certificate is for another name', 'correct the server or tls-server-name of the kubeconfig'];
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
      return ['its certificate is not trusted: another authority signed it', authority];
  }
  if (/TIMED?OUT/.test(code)) return ['it timed out', network];
  if (/ALERT.*CERT/.test(code)) return ['it refuses the client certificate', 'correct the user of the kubeconfig'];
  if (code.startsWith('ERR_OSSL'))
    return ['a certificate or a key of the kubeconfig cannot be used', 'correct the user of the kubeconfig'];
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|^HPE_|^EPROTO$/.test(code))
    return ['what answers there is no API server', 'correct the server of the kubeconfig: https or http, and the port'];
  return [code === '' ? message : code, network];
}

/** Without user, password, query and fragment. */
function bareAddress(address: string): string {
  if (!URL.canParse(address)) return '(an address that cannot be read)';
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
