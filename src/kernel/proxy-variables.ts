/**
 * The proxy that the environment names for an address, by the rules of programs in Go (golang.org/x/net/http/httpproxy): HTTPS_PROXY or HTTP_PROXY,
 * depending on the scheme of the address. This machine needs no proxy, nor does what NO_PROXY lists: domains with their subdomains, addresses,
 * networks, or `*` for everything.
 */
import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

interface NamedProxy {
  readonly address: string;
  /** The name of the variable. */
  readonly variable: string;
}

export function proxyFor(address: string, env: Environment): NamedProxy | undefined {
  const { protocol, hostname, port } = new URL(address);
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const variable = [name, name.toLowerCase()].find((one) => (env[one] ?? '') !== '');
  const value = variable === undefined ? '' : (env[variable] ?? '').trim();
  if (variable === undefined || value === '') return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (isThisMachine(host) || isListed(env['NO_PROXY'] || (env['no_proxy'] ?? ''), host, ownPort)) return undefined;
  return { address: /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`, variable };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || inNetwork(host, '127.0.0.0/8') || host === '::1';
}

function isListed(list: string, host: string, port: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      if (entry === '') return false;
      if (entry === '*' || inNetwork(host, entry)) return true;
      const [, name = entry, ownPort = port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
      if (ownPort !== port) return false;
      // `.example.com` and `*.example.com` list only what is below it.
      const below = name.replace(/^\*(?=\.)/, '');
      return below.startsWith('.')
        ? host.endsWith(below)
        : host === below || (isIP(host) === 0 && host.endsWith(`.${below}`));
    });
}

function inNetwork(host: string, network: string): boolean {
  const [, base = '', bits = ''] = /^(.+)\/(\d{1,3})$/.exec(network) ?? [];
  const version = isIP(base);
  if (version === 0 || isIP(host) !== version || Number(bits) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const networks = new BlockList();
  networks.addSubnet(base, Number(bits), family);
  return networks.check(host, family);
}
