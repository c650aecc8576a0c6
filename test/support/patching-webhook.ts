/**
 * A real mutating webhook that changes Pods of chosen namespaces as a service mesh or a policy engine does. The server runs in the
 * test's process and speaks TLS with a certificate of its own.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import type { TestCluster } from './cluster.ts';
import { untilTrue } from './until.ts';

interface PatchOperation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

export interface PatchingWebhook {
  /** From when this has resolved, each new Pod of the namespace is changed. */
  patchPods(namespace: string, patch: readonly PatchOperation[]): Promise<void>;
  close(): Promise<void>;
}

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

export async function patchingWebhook(test: TestCluster): Promise<PatchingWebhook> {
  const authority = await createAuthority('patching webhook');
  const leaf = await issue(authority, { commonName: 'localhost', usage: 'server', ipAddresses: ['127.0.0.1'] });
  const patches = new Map<string, readonly PatchOperation[]>();
  const server = createServer({ key: leaf.keyPem, cert: leaf.certificatePem }, (request, response) => {
    void text(request).then((body) => {
      const { request: asked } = JSON.parse(body) as { request: { uid: string; namespace: string } };
      const patch = Buffer.from(JSON.stringify(patches.get(asked.namespace) ?? [])).toString('base64');
      const answer = { uid: asked.uid, allowed: true, patchType: 'JSONPatch', patch };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    async patchPods(namespace, patch) {
      patches.set(namespace, patch);
      const webhook = {
        name: `patches-${namespace}.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        clientConfig: {
          url: `https://127.0.0.1:${String(port)}`,
          caBundle: Buffer.from(authority.certificatePem).toString('base64'),
        },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      };
      const body = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: `patches-${namespace}` },
        webhooks: [webhook],
      };
      await test.request({ method: 'POST', path: configurations, body });
      await untilTrue(() => isChanged(test, namespace), 'the webhook is in force');
    },
    async close() {
      for (const namespace of patches.keys())
        await test.request({ method: 'DELETE', path: `${configurations}/patches-${namespace}` });
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether a Pod that is only tried has more in it than it was given. */
async function isChanged(test: TestCluster, namespace: string): Promise<boolean> {
  const containers = [{ name: 'only', image: 'busybox:1' }];
  const { spec } = await test.request<{ spec: { containers: unknown[]; initContainers?: unknown[] } }>({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/pods`,
    query: { dryRun: 'All' },
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe' }, spec: { containers } },
  });
  return spec.containers.length > 1 || spec.initContainers !== undefined;
}
