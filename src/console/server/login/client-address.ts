/** What logins are counted by: an IPv4 address, or the /64 network of an IPv6 address, which is what one subscriber has. Pure. */
import { isIPv6 } from 'node:net';

export function networkOf(address: string): string {
  const plain = address.split('%', 1)[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const before = head.split(':').filter((part) => part !== '');
  const after = (tail ?? '').split(':').filter((part) => part !== '');
  // An IPv4 address at the end stands for two parts; it is in the half that is cut off.
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length - (plain.includes('.') ? 1 : 0);
  const parts = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after];
  const network = parts.slice(0, 4).map((part) => part.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
