/**
 * The source of widgets and presets: a mounted file, which is read again when it changes; or the ConfigMap `neuro-console` of the
 * operator's namespace, read as the session, where there is no file (the local mode).
 */
import { readFileSync, statSync } from 'node:fs';
import { SEALING_KEYS_CONFIG_MAP } from '../../../api/index.ts';
import { isKernelError, type KubeClient, type KubeObject, type ResourceType } from '../../../kernel/index.ts';
import { OPERATOR_BINDING, operatorNamespaceOf, type OperatorBinding } from '../../../client/index.ts';
import type { ConsoleConfig, SealingPlace } from '../../contract.ts';
import { ConsoleError } from '../errors.ts';
import { configMaps } from '../proxy/config-maps.ts';
import { clientOf, requestFailed } from '../proxy/user-client.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import { defaultWidgets, readOffer, type Offer } from './console-config.ts';

type Settings = Omit<ConsoleConfig, 'version' | 'recheckEveryMs' | 'opensJobs'>;

export interface ConfigSource {
  read(session: UserSession, context: string, signal?: AbortSignal): Promise<Settings>;
}

/** What users see who may not read the ConfigMap, and all users where it does not exist. */
const nothingSaid: Offer = { widgets: defaultWidgets, presets: [] };
const consoleConfigMap = 'neuro-console';
const entry = 'config.yaml';

const clusterRoleBindings: ResourceType<KubeObject & OperatorBinding> = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  namespaced: false,
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
};

/** The namespace of the operator; undefined: the one that the cluster of the context names. */
type Place = string | undefined;

export function configFromFile(path: string, operatorNamespace: Place): ConfigSource & { readonly check: () => void } {
  let offer: Offer | undefined;
  let version = '';
  const current = (): Offer => {
    const { now, text } = newer(path, offer === undefined ? '' : version);
    if (offer === undefined || text !== undefined) offer = readOffer(text ?? '');
    version = now;
    return offer;
  };
  return {
    check: () => void current(),
    read: async (session, context, signal) => ({
      ...current(),
      sealing: sealingPlace(await namespaceIn(session, context, operatorNamespace, signal)),
    }),
  };
}

/** `text` is absent where the file is as it was at `version`. */
function newer(path: string, version: string): { readonly now: string; readonly text?: string } {
  try {
    const { mtimeMs, ino } = statSync(path);
    const now = `${String(mtimeMs)} ${String(ino)}`;
    return now === version ? { now } : { now, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw new ConsoleError(
      'ConfigNotReadable',
      "The file of the console's configuration cannot be read. Tell the administrator of the console.",
      { cause },
    );
  }
}

export function configFromCluster(operatorNamespace: Place): ConfigSource {
  return {
    read: async (session, context, signal) => {
      const namespace = await namespaceIn(session, context, operatorNamespace, signal);
      const offer = namespace === undefined ? nothingSaid : await readConfigMap(session, context, namespace, signal);
      return { ...offer, sealing: sealingPlace(namespace) };
    },
  };
}

/** Never the usual name without more: anybody may have made a namespace of that name, with sealing keys of their own in it. */
async function namespaceIn(
  session: UserSession,
  context: string,
  given: Place,
  signal: AbortSignal | undefined,
): Promise<Place> {
  if (given !== undefined) return given;
  const binding = await readAsUser(session, context, (client) =>
    client.get(clusterRoleBindings, { name: OPERATOR_BINDING }, { signal }),
  );
  return binding === undefined ? undefined : operatorNamespaceOf(binding);
}

async function readConfigMap(
  session: UserSession,
  context: string,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<Offer> {
  const map = await readAsUser(session, context, (client) =>
    client.get(configMaps, { namespace, name: consoleConfigMap }, { signal }),
  );
  return map === undefined ? nothingSaid : readOffer(map.data?.[entry] ?? '');
}

/** Undefined where the user may not read it. Any other failure is reported, because the browser keeps what it gets until the page is reloaded. */
async function readAsUser<T>(
  session: UserSession,
  context: string,
  read: (client: KubeClient) => Promise<T | undefined>,
): Promise<T | undefined> {
  const tryRead = async (options?: { readonly isRefused: boolean }): Promise<T | undefined> =>
    read(clientOf(await session.credentials(context, options)));
  try {
    return await tryRead().catch((error: unknown) => {
      if (isKernelError(error, 'Unauthorized')) return tryRead({ isRefused: true });
      throw error;
    });
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return undefined;
    throw requestFailed(error, 'return the configuration of the console');
  }
}

function sealingPlace(namespace: Place): SealingPlace {
  return { namespace: namespace ?? '', configMap: SEALING_KEYS_CONFIG_MAP, entry: 'keys.json' };
}
