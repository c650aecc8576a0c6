/** An API server that gives no answer, or knows no certificate that has expired, in words: which one, why not, and what to do. */
import {
  KernelError,
  isKernelError,
  maxHeaderBytes,
  type Access,
  type HttpPhase,
  type Requester,
  type CredentialPart,
} from '../../kernel/index.ts';
import type { Io } from '../io.ts';
import { expiryOf, expiredSentence } from './expired-certificate.ts';

/** A `KernelError` with the sentence that people read. Retries still decide by its code. */
export class ExplainedError extends KernelError {
  readonly sentence: string;

  constructor({ code, message, status, cause }: KernelError, sentence: string) {
    super(code, message, { ...(status === undefined ? {} : { status }), cause });
    this.sentence = sentence;
  }
}

type Place = Pick<Access, 'server' | 'proxyUrl' | 'proxyVariable' | 'contextName' | 'tlsPlaces'>;

interface Fault {
  readonly code?: string;
  readonly message?: string;
  /** The name that was not found: that of the proxy, where there is one. */
  readonly hostname?: string;
  /** The status with which a proxy refused to connect. */
  readonly statusCode?: number;
  readonly phase?: HttpPhase;
  /** What was waited, where it was a time limit. */
  readonly limitMs?: number;
  /** Which certificate or key cannot be used. */
  readonly part?: CredentialPart;
}
type Cause = readonly [why: string, todo: string];

const network = 'check your network and VPN';
const webhooks = 'try again, or ask an administrator of the cluster to check its webhooks and its load';

/** Requests that get no answer, and those with an expired certificate, fail with an `ExplainedError`. */
export function namingServer(requester: Requester, access: Access, io: Pick<Io, 'now'>): Requester {
  const named = async (error: unknown): Promise<never> => {
    if (!isKernelError(error)) throw error;
    const isUnreachable = isKernelError(error, 'Network', 'Timeout');
    const fault = (error.cause ?? error) as Fault;
    const isRefused = error.status === 401 || (isUnreachable && refusesCertificate(fault));
    const expiry = isRefused ? await expiryOf(access) : undefined;
    if (expiry !== undefined && expiry < io.now())
      throw new ExplainedError(error, expiredSentence(expiry, access.contextName));
    throw isUnreachable ? new ExplainedError(error, unreachableSentence(access, fault)) : error;
  };
  return {
    request: (request) => requester.request(request).catch(named),
    stream: (request) => requester.stream(request).catch(named),
  };
}

/** Pure. Never holds the credentials or the query of an address. */
export function unreachableSentence(to: Place, fault: Fault): string {
  const { server, proxyUrl, proxyVariable, contextName, tlsPlaces } = to;
  const proxy = proxyUrl === undefined ? '' : ` through the proxy ${bareAddress(proxyUrl)}`;
  const where = contextName === undefined ? 'from inside the cluster' : `context '${contextName}'`;
  const place = `API server ${bareAddress(server)}${proxy} (${where})`;
  const incomplete = incompleteAnswer(fault);
  if (incomplete !== undefined) return `The ${place} ${incomplete.join('; ')}.`;
  const other = contextName === undefined ? '' : ', or choose another context with --context';
  const unusable = fault.part === undefined ? undefined : unusablePart(fault.part, fault.code, tlsPlaces?.[fault.part]);
  if (unusable !== undefined) return `No connection to the ${place}: ${unusable}${other}.`;
  const setting = proxyVariable === undefined ? 'proxy-url of the kubeconfig' : `variable ${proxyVariable}`;
  const [why, todo] = (proxyUrl === undefined ? undefined : causeAtProxy(fault, setting)) ?? causeOf(fault);
  return `No connection to the ${place}: ${why}; ${todo}${other}.`;
}

/** The cause of a failure after the connection was made. */
function incompleteAnswer({ phase, limitMs }: Fault): Cause | undefined {
  if (phase !== 'answer' && phase !== 'end') return undefined;
  if (limitMs === undefined) return ['broke off in the middle of its answer', 'try again'];
  const seconds = `${String(limitMs / 1000)} s`;
  if (phase === 'answer') return [`did not answer within ${seconds}`, webhooks];
  return [`did not finish its answer: nothing more came for ${seconds}`, webhooks];
}

function unusablePart(
  part: CredentialPart,
  code: string | undefined,
  place = `the ${fieldOf[part]} of the kubeconfig`,
): string {
  if (code === 'missing') return `the kubeconfig has a client-certificate without its client-key; add the key`;
  return `${place} is damaged, encrypted or not in the PEM format; correct it`;
}

const fieldOf = { ca: 'certificate-authority', cert: 'client-certificate', key: 'client-key' } as const;

/** The cause of a failure to connect to the proxy. `setting` names where the proxy is configured. */
function causeAtProxy(
  { code, statusCode = Number.NaN, phase, limitMs = 0 }: Fault,
  setting: string,
): Cause | undefined {
  if (phase === 'tunnel')
    return [
      `the proxy made no connection to it within ${String(limitMs / 1000)} s`,
      'check that the cluster runs, and that the proxy can reach it',
    ];
  if (code === 'ECONNREFUSED') return ['the proxy refused the connection', `check that it runs, and the ${setting}`];
  if (code !== 'ERR_PROXY_TUNNEL') return undefined;
  if (Number.isNaN(statusCode)) return ['the proxy did not answer as an HTTP proxy does', `correct the ${setting}`];
  const todo =
    statusCode === 407
      ? `write the user and password of the proxy into the ${setting}, as in http://USER:PASSWORD@HOST:PORT`
      : statusCode < 500
        ? 'ask an administrator of the proxy to allow connections to this API server'
        : 'check that the cluster runs, and that the proxy can reach it';
  return [`the proxy answered ${String(statusCode)}`, todo];
}

function causeOf({ code = '', message = '', hostname, limitMs }: Fault): Cause {
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
      return ['its certificate has expired', 'ask an administrator of the cluster to renew it'];
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
      return [
        'its certificate is not trusted, because another authority signed it or the certificate-authority of the kubeconfig is damaged',
        'correct the certificate-authority',
      ];
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return ['the client certificate and the key do not belong together', 'correct the user of the kubeconfig'];
  }
  if (code === 'ERR_INVALID_CHAR')
    return [
      'the token or a name of the user in the kubeconfig has a character that cannot be sent, such as a line break',
      'correct the user of the kubeconfig',
    ];
  if (code === 'HPE_HEADER_OVERFLOW')
    return [
      `the headers of its answer have more than ${String(maxHeaderBytes / 1024)} KiB`,
      'ask an administrator of the cluster, or of the proxy in front of it, what sends them',
    ];
  if (/TIMED?OUT/.test(code))
    return [limitMs === undefined ? 'it timed out' : `nothing answered within ${String(limitMs / 1000)} s`, network];
  if (refusesCertificate({ code })) return ['it refuses the client certificate', 'correct the user of the kubeconfig'];
  if (code.startsWith('ERR_OSSL'))
    return [
      'a certificate or a key of the kubeconfig is damaged',
      'correct its client-certificate, client-key or certificate-authority',
    ];
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|^HPE_|^EPROTO$/.test(code))
    return [
      'the server there is not an API server',
      'correct the server of the kubeconfig: https or http, and the port',
    ];
  return [code === '' ? message : code, network];
}

function refusesCertificate({ code = '' }: Fault): boolean {
  return /ALERT.*CERT/.test(code);
}

/** Without user, password, query and fragment. */
function bareAddress(address: string): string {
  if (!URL.canParse(address)) return '(an address that cannot be read)';
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}
