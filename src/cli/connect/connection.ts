/** One command's way to the API server, with the user's own credentials and no others. */
import { defined } from '../../defined.ts';
import {
  KubeClient,
  Transport,
  isKernelError,
  loadAccess,
  nodeHttp,
  type Access,
  type Requester,
} from '../../kernel/index.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions } from '../options.ts';
import type { Speaker } from '../output/say.ts';
import { holdingForLogin, showingWaits } from './shown-waits.ts';
import { namingServer } from './unreachable.ts';

export interface Connection {
  readonly client: KubeClient;
  readonly requester: Requester;
  /** Sends requests as another user, such as a service account. The API server refuses them to callers who may not impersonate that user. */
  readonly clientAs: (user: string) => KubeClient;
  /** The way to the API server, for streams, which open connections of their own. */
  readonly access: Access;
  readonly clusterName: string;
  /** The namespace of the context; undefined where it names none. */
  readonly contextNamespace: string | undefined;
  close(): Promise<void>;
}

/** What the kernel gives for a context without a namespace. */
const noNamespace = 'default';

export async function openConnection(speaker: Speaker): Promise<Connection> {
  const access = holdingForLogin(speaker.io, await accessFor(speaker.options));
  const opened: Transport[] = [];
  const requesterWith = (credentials: Access): Requester => {
    const transport = new Transport({ access: credentials, http: nodeHttp, userAgent: 'neuro' });
    opened.push(transport);
    return showingWaits(speaker, namingServer(transport, access, speaker.io));
  };
  const requester = requesterWith(access);
  return {
    clientAs: (user) => new KubeClient({ transport: requesterWith(impersonating(access, user)) }),
    client: new KubeClient({ transport: requester }),
    requester,
    access,
    clusterName: access.clusterName,
    contextNamespace: access.namespace === noNamespace ? undefined : access.namespace,
    close: async () => {
      await Promise.all(opened.map((transport) => transport.close()));
    },
  };
}

async function accessFor({ kubeconfig, context }: GlobalOptions): Promise<Access> {
  const place = defined({ kubeconfig, context });
  try {
    return await loadAccess(place);
  } catch (cause) {
    // Which file is missing, or is no YAML: the kernel says neither.
    const { kubeconfigPaths, noContext, readKubeconfig } = await import('./kubeconfig.ts');
    const { contexts, current } = await readKubeconfig(kubeconfigPaths(place, process.env));
    if (context === undefined && (current ?? '') === '')
      throw new CliError(
        'configuration',
        'The kubeconfig has no current context; set one with `neuro config use NAME`, or choose one with --context.',
      );
    if (context !== undefined && !contexts.some(({ name }) => name === context)) throw noContext(context, contexts);
    const said = cause instanceof Error ? cause.message : String(cause);
    // Without a further cause, the kernel itself says what to do.
    const todo = isKernelError(cause) && cause.cause === undefined ? '' : '; give --kubeconfig or set KUBECONFIG';
    throw new CliError('configuration', `${said.slice(0, 1).toUpperCase()}${said.slice(1)}${todo}.`, { cause });
  }
}

function impersonating(access: Access, user: string): Access {
  return {
    ...access,
    credentials: async (options) => {
      const { headers, ...rest } = await access.credentials(options);
      // The groups of the caller would give the other user their rights.
      const own = Object.entries(headers).filter(([name]) => !name.startsWith('impersonate-'));
      return { ...rest, headers: { ...Object.fromEntries(own), 'impersonate-user': user } };
    },
  };
}
