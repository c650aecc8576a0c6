/**
 * Where widgets and presets come from: a file that is mounted, read again when it changes; or the ConfigMap `neuro-console` of the
 * operator's namespace, read as the visitor, where there is no file (the local mode).
 */
import { readFileSync, statSync } from 'node:fs';
import { SEALING_KEYS_CONFIG_MAP } from '../../../api/index.ts';
import type { ConsoleConfig, SealingPlace } from '../../contract.ts';
import { isConsoleError } from '../errors.ts';
import type { Visitor } from '../sessions/visitor.ts';
import { defaultWidgets, readOffer, type Offer } from './console-config.ts';

export type Settings = Omit<ConsoleConfig, 'version' | 'recheckEveryMs'>;

export interface ConfigSource {
  read(visitor: Visitor, context: string): Promise<Settings>;
}

/** What everybody sees who may not read the ConfigMap, or where there is none. */
const nothingSaid: Offer = { widgets: defaultWidgets, presets: [] };
export const consoleConfigMap = 'neuro-console';
const entry = 'config.yaml';

export function configFromFile(path: string, operatorNamespace: string): ConfigSource & { readonly check: () => void } {
  let offer: Offer | undefined;
  let version = '';
  const current = (): Offer => {
    const { mtimeMs, ino } = statSync(path);
    const now = `${String(mtimeMs)} ${String(ino)}`;
    if (offer === undefined || now !== version) offer = readOffer(readFileSync(path, 'utf8'));
    version = now;
    return offer;
  };
  return {
    check: () => void current(),
    read: () => Promise.resolve({ ...current(), sealing: sealingPlace(operatorNamespace) }),
  };
}

export function configFromCluster(operatorNamespace: string): ConfigSource {
  return {
    read: async (visitor, context) => ({
      ...(await readConfigMap(visitor, context, operatorNamespace)),
      sealing: sealingPlace(operatorNamespace),
    }),
  };
}

async function readConfigMap(visitor: Visitor, context: string, namespace: string): Promise<Offer> {
  const { upstream, headers } = await visitor.reach(context);
  const answer = await upstream.request({
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/configmaps/${consoleConfigMap}`,
    headers: { ...headers, accept: 'application/json' },
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) return nothingSaid;
  const map = JSON.parse(text) as { readonly data?: Readonly<Record<string, string>> };
  try {
    return readOffer(map.data?.[entry] ?? '');
  } catch (error) {
    if (isConsoleError(error)) throw error;
    return nothingSaid;
  }
}

function sealingPlace(namespace: string): SealingPlace {
  return { namespace, configMap: SEALING_KEYS_CONFIG_MAP, entry: 'keys.json' };
}
