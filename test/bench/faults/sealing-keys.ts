/** Damage to the Secrets with the sealing keys. */
import { LABEL_SEALING_KEY } from '../../../src/api/index.ts';
import { operatorNamespace } from '../../support/operator.ts';
import type { BareClient } from '../operator/bare-client.ts';

export interface KeySecret {
  readonly name: string;
  readonly data: Readonly<Record<string, string>>;
}

const path = `/api/v1/namespaces/${operatorNamespace}/secrets`;
const nothing = Buffer.from('not a key').toString('base64');

export async function listKeySecrets(client: BareClient): Promise<readonly KeySecret[]> {
  const { items } = await client.send<{
    readonly items: readonly { readonly metadata: { readonly name: string }; readonly data?: KeySecret['data'] }[];
  }>({ method: 'GET', path: `${path}?labelSelector=${encodeURIComponent(LABEL_SEALING_KEY)}` });
  return items.map(({ metadata, data = {} }) => ({ name: metadata.name, data }));
}

export async function deleteKeySecret(client: BareClient, { name }: KeySecret): Promise<void> {
  await client.send({ method: 'DELETE', path: `${path}/${name}` });
}

export async function corruptKeySecret(client: BareClient, { name, data }: KeySecret): Promise<void> {
  await patch(client, name, { data: Object.fromEntries(Object.keys(data).map((key) => [key, nothing])) });
}

/** null: without the label. */
export async function relabelKeySecret(client: BareClient, { name }: KeySecret, label: string | null): Promise<void> {
  await patch(client, name, { metadata: { labels: { [LABEL_SEALING_KEY]: label } } });
}

async function patch(client: BareClient, name: string, body: unknown): Promise<void> {
  await client.send({
    method: 'PATCH',
    path: `${path}/${name}`,
    contentType: 'application/merge-patch+json',
    body,
  });
}
