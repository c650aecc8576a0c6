/**
 * A certified OpenID provider (`oidc-provider`) on loopback, over TLS with an authority of its own. Whoever comes is logged in as `user`
 * without being asked.
 */
import { createServer } from 'node:https';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { createAuthority, issue } from '../../../tools/devcluster/pki/certificate.ts';

export interface OpenIdProvider {
  readonly issuer: string;
  readonly caPem: string;
  readonly clientId: string;
  /** Who logs in next. */
  user: string;
  readonly groups: Map<string, readonly string[]>;
  /** Seconds that an ID token is good for; for those to come. */
  idTokenSeconds: number;
  /** Paths that were asked for. */
  readonly requests: string[];
  /** Answers nothing any more, until `resume`. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

interface Interaction {
  readonly prompt: { readonly name: string; readonly details: { readonly missingOIDCScope?: readonly string[] } };
  readonly params: { readonly client_id: string };
  readonly session?: { readonly accountId?: string };
}

interface Provider {
  callback(): RequestListener;
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: unknown): Promise<void>;
  readonly Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
}

// By a name that the compiler does not follow: the package has no types.
const packageName: string = 'oidc-provider';
const clientId = 'neuro-console';

export async function startOpenIdProvider(publicUrl: string): Promise<OpenIdProvider> {
  const { default: ProviderClass } = (await import(packageName)) as {
    readonly default: new (issuer: string, configuration: object) => Provider;
  };
  const authority = await createAuthority('openid test authority');
  const { certificatePem, keyPem } = await issue(authority, {
    commonName: 'localhost',
    usage: 'server',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  let listener: RequestListener = (_request, response) => response.writeHead(503).end();
  let isPaused = false;
  const requests: string[] = [];
  const server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
    requests.push(request.url?.split('?', 1)[0] ?? '');
    if (isPaused) request.socket.destroy();
    else listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const it: OpenIdProvider = {
    issuer,
    caPem: authority.certificatePem,
    clientId,
    user: 'alice',
    groups: new Map(),
    idTokenSeconds: 300,
    requests,
    pause: () => {
      isPaused = true;
      server.closeAllConnections();
    },
    resume: () => void (isPaused = false),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const provider = new ProviderClass(issuer, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${publicUrl}/auth/oidc/callback`],
        post_logout_redirect_uris: [`${publicUrl}/`],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['of the test'] },
    claims: { openid: ['sub'], email: ['email'], groups: ['groups'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    pkce: { required: () => true },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 3600,
      IdToken: () => it.idTokenSeconds,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
    },
    interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com`, groups: it.groups.get(id) ?? [] }),
    }),
  });
  const standard = provider.callback();
  listener = (request, response) => {
    if (request.url?.startsWith('/interaction/') === true) void interact(provider, it.user, request, response);
    else standard(request, response);
  };
  return it;
}

async function interact(
  provider: Provider,
  user: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: user } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? user, clientId: params.client_id });
  grant.addOIDCScope('openid email groups offline_access');
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}
