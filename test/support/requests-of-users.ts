/** Requests as users of a cluster, without kubectl, whose start and preparations take fifty times as long as the request. */
import { statSync } from 'node:fs';
import { loadAccess, Transport, undiciHttp } from '../../src/kernel/index.ts';

const transports = new Map<string, Promise<Transport>>();

/** One for each kubeconfig, by path and time of writing: a user can be added again, with other groups. */
export function transportOf(kubeconfig: string): Promise<Transport> {
  const key = `${kubeconfig} ${String(statSync(kubeconfig).mtimeMs)}`;
  const known = transports.get(key);
  if (known !== undefined) return known;
  const made = loadAccess({ kubeconfig }).then(
    (access) => new Transport({ access, http: undiciHttp, userAgent: 'neuro-tests' }),
  );
  transports.set(key, made);
  return made;
}
