/** Secrets that follow others: keys of a native Secret adopted at once, what their details say, and whom a value is sealed for. */
import { expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import {
  joinPair,
  SEALING_RECIPIENTS_CONFIG_MAP,
  SEALING_RECIPIENTS_ENTRY,
  TLS_KEY,
  TLS_TYPE,
  type UserSecret,
} from '../../src/api/index.ts';
import { configMapType, neuroJobType, secretType, userSecretType } from '../../src/controllers/resources.ts';
import {
  formatPublicKeys,
  generateHpkeKeyPair,
  importHpkeKeyPair,
  openHpke,
  type HpkeKeyPair,
  type PublishedKey,
} from '../../src/sealing/index.ts';
import { newPair, pairData } from '../support/certificate-pair.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';
import { fillSources, namespace, putSecret } from './sources-page.ts';

const pair = await newPair('web.example.com');
const newKey = async (): Promise<HpkeKeyPair> => importHpkeKeyPair(await generateHpkeKeyPair('x25519'));
const published = ({ suite, keyId, publicKey }: HpkeKeyPair): PublishedKey => {
  return { suite, keyId, publicKey, createdAt: '2026-11-01T00:00:00Z', active: true };
};

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      fillSources(cluster);
      const type = TLS_TYPE;
      putSecret(cluster, 'web', { key: TLS_KEY, type, value: joinPair(pair) });
      putSecret(cluster, 'gateway', { key: TLS_KEY, type, secretName: 'g', secretKeyRef: { name: 'gateway' } });
      const parts = [{ name: 'user', secret: 'user', encode: 'JSON' as const }];
      putSecret(cluster, 'composed', { template: { text: 'x $(user)', parts } });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const secretOf = (name: string): UserSecret | undefined =>
  stage.cluster.api.get(userSecretType, { namespace, name }) as UserSecret | undefined;
const row = (key: string): Locator => page.getByRole('row').filter({ hasText: key });

test('several keys of a native Secret are adopted at once, after a preview of each', async () => {
  await alice.go('/n/alice/secrets?do=import');
  await page.getByRole('button', { name: 'Follow the keys of a native Secret' }).click();
  const dialog = page.getByRole('dialog', { name: 'Follow the keys of a native Secret' });
  const name = dialog.getByLabel('Name of the native Secret');
  await name.fill('absent');
  await name.press('Enter');
  await dialog.getByText('There is no such Secret in the namespace alice.').waitFor();
  alice.forgive();
  await name.fill('user');
  await name.press('Enter');
  await dialog.getByText("it holds the value of your secret 'user'").waitFor();
  await name.fill('vendor');
  await name.press('Enter');
  const fate = (key: string): Locator => dialog.getByRole('row').filter({ hasText: key });
  await fate('token').getByText('new', { exact: true }).waitFor();
  await fate('user').getByText('exists, is kept').waitFor();
  await fate('empty').getByText('The value is empty').or(fate('empty').getByText('the value is empty')).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(await page.content()).not.toMatch(/show-me-not|c2hvdy1tZS1ub3Q=/);
  await dialog.getByLabel('Prefix of the new keys').fill('v.');
  await fate('v.user').getByText('new', { exact: true }).waitFor();
  await dialog.getByLabel('Prefix of the new keys').fill('');
  await dialog.getByRole('checkbox', { name: 'Let the secret that exists follow it instead' }).check();
  await dialog.getByRole('checkbox', { name: 'token' }).press('Space');
  await fate('token').getByText('left out').waitFor();
  await dialog.getByRole('checkbox', { name: 'token' }).press('Space');
  await dialog.getByRole('button', { name: 'Adopt 2 keys' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row('token').waitFor();
  expect(secretOf('token')?.spec).toEqual({ secretKeyRef: { name: 'vendor', key: 'token' } });
  expect(secretOf('user')?.spec).toEqual({ secretKeyRef: { name: 'vendor', key: 'user' } });
  // A certificate pair is one secret, whose native Secret has a name of its own.
  stage.cluster.put(secretType, {
    metadata: { namespace, name: 'shop' },
    type: 'kubernetes.io/tls',
    data: pairData(pair),
  });
  await alice.go('/n/alice/secrets?do=adopt');
  await name.fill('shop');
  await name.press('Enter');
  await fate('the certificate pair').getByText('new', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Adopt 1 key' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(secretOf('shop')?.spec).toEqual({
    key: 'tls-combined.pem',
    type: 'kubernetes.io/tls',
    secretName: 'shop-pair',
    secretKeyRef: { name: 'shop' },
  });
});

test('the details of a secret name what it follows: parts, hook with its last run, and the dates of a certificate', async () => {
  await alice.go('/n/alice/secrets?secret=composed');
  await page.getByRole('dialog', { name: 'composed' }).getByText(', as a JSON string').waitFor();
  await page.getByRole('dialog', { name: 'composed' }).getByRole('link', { name: 'user' }).click();
  await page.getByRole('dialog', { name: 'user', exact: true }).waitFor();

  const hooked = { generate: { type: 'UUID', rotateHook: 'rotate-db' } } as const;
  const rotation = { state: 'Failed', hook: 'rotate-db', job: 'run-2', attempt: 2, reason: 'HookFailed' } as const;
  stage.cluster.put(userSecretType, {
    metadata: { namespace, name: 'hooked', generation: 1 },
    spec: hooked,
    status: { rotation: { ...rotation, message: 'exit code 1' } },
  });
  const { uid = '' } = secretOf('hooked')?.metadata ?? {};
  for (const [name, hour] of [
    ['run-1', 1],
    ['run-2', 2],
  ] as const)
    stage.cluster.put(neuroJobType, {
      metadata: {
        ...{ namespace, name, creationTimestamp: `2026-11-01T0${String(hour)}:00:00Z` },
        ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'hooked', uid }],
      },
      spec: { image: 'busybox:1' },
      status: { phase: 'Failed', finishTime: `2026-11-01T0${String(hour)}:30:00Z` },
    });
  await stage.reconcile();
  await alice.go('/n/alice/secrets?secret=hooked');
  const details = page.getByRole('dialog', { name: 'hooked' });
  await details.getByRole('link', { name: 'rotate-db' }).waitFor();
  await details.getByRole('link', { name: 'run-2' }).waitFor();
  await details.getByText('A new value waits; try 2 of the hook: HookFailed. exit code 1').waitFor();
  expect(await details.getByRole('link', { name: 'run-1' }).count()).toBe(0);
  expect(await axeFindings(page)).toEqual([]);

  await page.getByRole('button', { name: 'Close' }).click();
  await alice.go('/n/alice/secrets?secret=web');
  const web = page.getByRole('dialog', { name: 'web' });
  await web.getByRole('button', { name: 'Show names and dates' }).click();
  await web.getByText('The certificate is for web.example.com, issued by test authority.').waitFor();
  await web.getByText('It is valid until').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await alice.go('/n/alice/secrets?secret=gateway');
  await page.getByRole('dialog', { name: 'gateway' }).getByText('Secret gateway, the certificate pair').waitFor();
});

test('a value is sealed for other clusters and for the recovery keys, and the form says so', async () => {
  const [staging, offline] = [await newKey(), await newKey()];
  stage.cluster.put(configMapType, {
    metadata: { namespace: 'neuro-system', name: SEALING_RECIPIENTS_CONFIG_MAP },
    data: { [SEALING_RECIPIENTS_ENTRY]: formatPublicKeys([published(offline)]) },
  });
  await page.reload();
  await alice.go('/n/alice/secrets?do=add');
  const form = page.getByRole('form', { name: 'Add a secret' });
  await form.getByText(`The recovery keys of the cluster (${offline.keyId}) can open it, too.`).waitFor();
  await form.getByLabel('Key', { exact: true }).fill('everywhere');
  await form.getByRole('textbox', { name: 'Value' }).fill('the same');
  await form.getByRole('button', { name: 'Also seal for other clusters' }).click();
  const keys = form.getByLabel('Public keys of another cluster');
  await keys.fill('not a document');
  await form.getByRole('button', { name: 'Add this cluster' }).click();
  await form.getByText('Not taken: pasted text.').waitFor();
  await keys.fill(formatPublicKeys([published(staging)]));
  await form.getByRole('button', { name: 'Add this cluster' }).click();
  await form.getByText(staging.keyId).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).click();
  await row('everywhere').waitFor();
  const { values = [] } = secretOf('everywhere')?.spec.sealed ?? {};
  const context = { namespace, name: 'everywhere', key: 'everywhere' };
  for (const [index, key] of [staging, offline].entries())
    expect(Buffer.from(await openHpke([key], context, values[index] ?? '')).toString()).toBe('the same');
  // A new value would leave the other cluster out.
  await alice.go('/n/alice/secrets?secret=everywhere&do=edit');
  const edit = page.getByRole('dialog', { name: 'Edit everywhere' });
  await edit.getByRole('textbox', { name: 'New value' }).fill('another');
  await edit.getByText('The value is sealed for one more key.').waitFor();
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  expect(secretOf('everywhere')?.spec.sealed?.values).toHaveLength(1);
});
