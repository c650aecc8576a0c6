/**
 * Pods reach the world only where the host forwards. It is switched on for the first node and off again after the last
 * one, if it was off before; a marker in the cache remembers that. Callers hold the network lock.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../state/paths.ts';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

export function switchForwardingOn(isFirstNode: boolean): void {
  const isOn = readFileSync(FORWARDING, 'utf8').trim() === '1';
  if (!isOn) {
    writeFileSync(marker(), '');
    writeFileSync(FORWARDING, '1');
  } else if (isFirstNode) {
    // Someone else switched it on since, or it is from before a restart of the machine: not ours to switch off.
    rmSync(marker(), { force: true });
  }
}

export function switchForwardingBack(): void {
  if (!existsSync(marker())) return;
  writeFileSync(FORWARDING, '0');
  rmSync(marker(), { force: true });
}

function marker(): string {
  return join(cacheFolder(), 'forwarding-was-off');
}
