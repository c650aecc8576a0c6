/**
 * Real admission webhooks that fail, each for one namespace: one whose service is missing, one that answers 500, and one that
 * answers too late. The server runs in the test's process and speaks TLS with a certificate of its own.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import type { TestCluster } from './cluster.ts';

export const failures = ['whose service is missing', 'that answers 500', 'that answers too late'] as const;
type WebhookFailure = (typeof failures)[number];

/** Resources and operations, as a rule of a webhook has them. */
export interface Hindered {
  readonly resource: string;
  readonly group?: string;
  readonly version?: string;
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
}

export interface FailingWebhooks {
  /** Name of the webhook of a namespace; errors of the API server have it. */
  nameOf(namespace: string): string;
  /** From when this has resolved, the API server knows the configuration; it is in force a moment later. */
  hinder(namespace: string, what: Hindered, how: WebhookFailure): Promise<void>;
  /** Takes the webhook of the namespace away. */
  mend(namespace: string): Promise<void>;
  close(): Promise<void>;
}

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
/** The shortest that the API server takes; the server answers after it. */
const timeoutSeconds = 1;
const slowMs = 1_500;

export async function failingWebhooks(test: TestCluster): Promise<FailingWebhooks> {
  const authority = await createAuthority('failing webhooks');
  const leaf = await issue(authority, { commonName: 'localhost', usage: 'server', ipAddresses: ['127.0.0.1'] });
  const server: Server = createServer({ key: leaf.keyPem, cert: leaf.certificatePem }, (request, response) => {
    const answer = (): void => void response.writeHead(500).end('broken on purpose');
    if (request.url?.startsWith('/slow') === true) setTimeout(answer, slowMs);
    else answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(authority.certificatePem).toString('base64');
  const clientConfig = {
    'whose service is missing': { service: { namespace: 'default', name: 'not-there' } },
    'that answers 500': { url: `https://127.0.0.1:${String(port)}/500`, caBundle },
    'that answers too late': { url: `https://127.0.0.1:${String(port)}/slow`, caBundle },
  };
  const nameOf = (namespace: string): string => `fails-in-${namespace}.example.com`;

  return {
    nameOf,
    async hinder(namespace, { resource, group = '', version = 'v1', operations }, how) {
      const webhook = {
        name: nameOf(namespace),
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds,
        clientConfig: clientConfig[how],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [group], apiVersions: [version], operations, resources: [resource] }],
      };
      const body = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: `fails-in-${namespace}` },
        webhooks: [webhook],
      };
      await test.request({ method: 'POST', path: configurations, body });
    },
    async mend(namespace) {
      await test.request({ method: 'DELETE', path: `${configurations}/fails-in-${namespace}` });
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
