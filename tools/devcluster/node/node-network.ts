/**
 * Addresses of a cluster's node, and the choice of a range that nothing else on this machine uses.
 *
 * The node has a network namespace of its own, joined to the host by one veth pair. So its bridge, its Service rules
 * and its Pods' addresses go with the namespace, and several nodes do not meet.
 */

export interface NodeNetwork {
  /** 0 to 15; which part of the ranges below this cluster has. */
  readonly index: number;
  /** The host's end of the link, where Pods reach the API server. */
  readonly hostAddress: string;
  readonly nodeAddress: string;
  readonly linkPrefixLength: number;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** The first address of the Services is that of the API server; the tenth is by custom that of a name server, which is not run here. */
  readonly apiServiceAddress: string;
  readonly dnsServiceAddress: string;
  /** Name of the host's end of the veth pair, of the firewall table and the network namespace's marker. */
  readonly linkName: string;
}

/** Each cluster gets a /20 for Pods and for Services, and a /24 for its link. */
export const MAX_NODES = 16;

export function nodeNetwork(index: number): NodeNetwork {
  const block = index * 16;
  return {
    index,
    hostAddress: `10.212.${index}.1`,
    nodeAddress: `10.212.${index}.2`,
    linkPrefixLength: 24,
    podCidr: `10.211.${block}.0/20`,
    serviceCidr: `10.210.${block}.0/20`,
    apiServiceAddress: `10.210.${block}.1`,
    dnsServiceAddress: `10.210.${block}.10`,
    linkName: `neurodev${index}`,
  };
}

/** The first network that neither another cluster has nor a route of this machine touches. */
export function chooseNetwork(taken: ReadonlySet<number>, routes: readonly string[]): NodeNetwork | undefined {
  for (let index = 0; index < MAX_NODES; index++) {
    const network = nodeNetwork(index);
    const ranges = [network.podCidr, network.serviceCidr, `${network.hostAddress}/24`];
    if (!taken.has(index) && !routes.some((route) => ranges.some((range) => overlaps(route, range)))) return network;
  }
  return undefined;
}

function overlaps(one: string, other: string): boolean {
  const [first, second] = [parseCidr(one), parseCidr(other)];
  if (first === undefined || second === undefined) return false;
  const bits = Math.min(first.prefixLength, second.prefixLength);
  // A default route covers everything and stands in nobody's way.
  if (bits === 0) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(first.address / size) === Math.floor(second.address / size);
}

function parseCidr(text: string): { address: number; prefixLength: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const address = match.slice(1, 5).reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return { address, prefixLength: Number(match[5] ?? 32) };
}
