/**
 * Where widgets and presets come from: a file that is mounted, read again when it changes; or the ConfigMap `neuro-console` of the
 * operator's namespace, read as the session, where there is no file (the local mode).
 */
import { readFileSync, statSync } from 'node:fs';
import { SEALING_KEYS_CONFIG_MAP } from '../../../api/index.ts';
import { isKernelError, type KubeObject, type ResourceType } from '../../../kernel/index.ts';
import type { ConsoleConfig, SealingPlace } from '../../contract.ts';
import { isConsoleError } from '../errors.ts';
import { clientOf } from '../proxy/user-client.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import { defaultWidgets, readOffer, type Offer } from './console-config.ts';

type Settings = Omit<ConsoleConfig, 'version' | 'recheckEveryMs'>;

export interface ConfigSource {
  read(session: UserSession, context: string): Promise<Settings>;
}

/** What everybody sees who may not read the ConfigMap, or where there is none. */
const nothingSaid: Offer = { widgets: defaultWidgets, presets: [] };
const consoleConfigMap = 'neuro-console';
const entry = 'config.yaml';
const configMaps: ResourceType<KubeObject & { readonly data?: Readonly<Record<string, string>> }> = {
  group: '',
  version: 'v1',
  namespaced: true,
  plural: 'configmaps',
  kind: 'ConfigMap',
};

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
    read: async (session, context) => ({
      ...(await readConfigMap(session, context, operatorNamespace)),
      sealing: sealingPlace(operatorNamespace),
    }),
  };
}

async function readConfigMap(session: UserSession, context: string, namespace: string): Promise<Offer> {
  const client = clientOf(await session.credentials(context));
  const map = await client.get(configMaps, { namespace, name: consoleConfigMap }).catch((error: unknown) => {
    if (isKernelError(error)) return undefined;
    throw error;
  });
  if (map === undefined) return nothingSaid;
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
