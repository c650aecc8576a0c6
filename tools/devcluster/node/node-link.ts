/**
 * Joins the node's network to the host: a veth pair, routes to Pods and Services, and a firewall table of our own.
 *
 * Promise: no interface of the machine gets or loses an address. Chromium cancels everything that it loads, from loopback too, when that
 * happens (ERR_NETWORK_CHANGED). So the host's address of the link is a local route, which works as an address does.
 */
import { defined } from '../../../src/defined.ts';
import { allOrNone } from '../all-or-none.ts';
import { DevClusterError } from '../errors.ts';
import { runCommand } from '../run-command.ts';
import { inNode } from './node-namespaces.ts';
import type { NodeNetwork } from './node-network.ts';
import { findTool } from './node-packages.ts';

export async function linkNode(nodePid: number, network: NodeNetwork, apiServerPort: number): Promise<void> {
  const { linkName, hostAddress, nodeAddress, linkPrefixLength: bits } = network;
  const inside = (...args: string[]): Promise<string> => run(inNode(nodePid, ['ip', ...args]));
  await ip('link', 'add', linkName, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(nodePid));
  // Else the kernel gives it an IPv6 address.
  await ip('link', 'set', linkName, 'addrgenmode', 'none');
  await ip('link', 'set', linkName, 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('address', 'add', `${nodeAddress}/${bits}`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'add', 'default', 'via', hostAddress);
  await ip('route', 'replace', 'local', hostAddress, 'dev', linkName);
  const from = ['dev', linkName, 'src', hostAddress];
  await ip('route', 'replace', nodeAddress, ...from);
  await ip('route', 'replace', network.podCidr, 'via', nodeAddress, ...from);
  await ip('route', 'replace', network.serviceCidr, 'via', nodeAddress, ...from);
  await run([findTool('nft') ?? 'nft', '-f', '-'], firewallTable(network, apiServerPort));
}

/** Pods reach the world under the host's address; the API server is reached from this machine alone. */
function firewallTable(network: NodeNetwork, apiServerPort: number): string {
  const { linkName, podCidr, hostAddress, linkPrefixLength } = network;
  return `table ip ${linkName}
delete table ip ${linkName}
table ip ${linkName} {
  chain way_out {
    type nat hook postrouting priority srcnat
    ip saddr { ${podCidr}, ${hostAddress}/${linkPrefixLength} } oifname != { "${linkName}", "lo" } masquerade
  }
  chain way_in {
    type filter hook input priority filter
    iifname != { "${linkName}", "lo" } tcp dport ${apiServerPort} drop
  }
}
`;
}

/** Addresses of all routes and links of this machine. */
export async function usedRanges(): Promise<string[]> {
  const routes = JSON.parse(await ip('-json', '-4', 'route', 'show', 'table', 'all')) as { dst?: string }[];
  return routes.flatMap(({ dst }) => (dst === undefined ? [] : [dst]));
}

/** Both are gone afterwards, whether they were there or not. Rejects where one is left. */
export async function removeLink(linkName: string): Promise<void> {
  await allOrNone([
    () => unlessAbsent(ip('link', 'delete', linkName)),
    () => unlessAbsent(run([findTool('nft') ?? 'nft', 'delete', 'table', 'ip', linkName])),
  ]);
}

async function unlessAbsent(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!wasNotThere(error)) throw error;
  }
}

/** In the words of ip and of nft. A tool that is not installed has made nothing. */
function wasNotThere(error: unknown): boolean {
  if (!(error instanceof DevClusterError)) return false;
  return error.code === 'MissingTool' || /Cannot find device|No such file or directory/.test(error.message);
}

function ip(...args: string[]): Promise<string> {
  return run([findTool('ip') ?? 'ip', ...args]);
}

function run([command = '', ...args]: readonly string[], input?: string): Promise<string> {
  return runCommand(command, args, defined({ input }));
}
