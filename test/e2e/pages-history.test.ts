/** The history of a secret on its page: versions without values, and the way back after a question. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserSecret } from '../../src/api/index.ts';
import { neuroJobType, secretGrantType, secretType, userSecretType } from '../../src/controllers/resources.ts';
import { until } from '../support/until.ts';
import type { BrowserUser } from './console-world.ts';
import { startPagesStage, type PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let alice: BrowserUser;
const secret = (): UserSecret =>
  stage.cluster.api.get(userSecretType, { namespace: 'alice', name: 'db-password' }) as unknown as UserSecret;

beforeAll(async () => {
  stage = await startPagesStage({ people: ['alice'] });
  stage.cluster.put(userSecretType, {
    metadata: { namespace: 'alice', name: 'db-password', generation: 1 },
    spec: { value: 'now' },
  });
  await stage.reconcile();
  const { metadata, status } = secret();
  stage.cluster.put(userSecretType, {
    ...secret(),
    status: {
      ...status,
      changedBy: { manager: 'neuro', user: 'alice' },
      uses: [{ by: 'web', lastAt: '2026-11-02T00:00:00Z', lastCopy: 'shop-db', version: 'f0f0f0f0f0f0' }],
      history: [{ version: 'f0f0f0f0f0f0', secretName: 'db-former', until: '2026-11-01T00:00:00Z', manager: 'argocd' }],
    },
  });
  stage.cluster.put(secretType, {
    metadata: {
      namespace: 'alice',
      name: 'db-former',
      ownerReferences: [{ apiVersion: 'neu.ro/v1', kind: 'UserSecret', name: 'db-password', uid: metadata.uid ?? '' }],
    },
    type: 'neu.ro/former-value',
    data: { 'db-password': Buffer.from('the former value').toString('base64') },
  });
  stage.cluster.put(neuroJobType, {
    metadata: { namespace: 'alice', name: 'nightly' },
    spec: { image: 'x' },
    status: {
      phase: 'Succeeded',
      startTime: '2026-10-30T00:00:00Z',
      finishTime: '2026-10-31T00:00:00Z',
      secrets: [{ namespace: 'alice', name: 'db-password', key: 'db-password', version: 'f0f0f0f0f0f0' }],
    },
  });
  stage.cluster.put(secretGrantType, {
    metadata: { namespace: 'alice', name: 'to-web', creationTimestamp: '2026-11-01T12:00:00Z' },
    spec: { secret: 'db-password', access: 'copy', subject: { kind: 'Namespace', name: 'web' } },
  });
  alice = await stage.user('alice');
});

afterAll(() => stage.stop());

test('the log shows changes, grants, jobs and copies with time, subject and version, when it is asked for', async () => {
  const { page } = alice;
  await alice.go('/n/alice/secrets?secret=db-password');
  const log = page.getByRole('region', { name: 'Log' });
  await log.getByRole('button', { name: 'Show who changed, shared and used it' }).click();
  for (const line of [
    /the value was set.*alice/,
    /copied to shop-db.*f0f0f0f0f0f0.*web/,
    /granted copy to namespace:web/,
    /used by job nightly.*f0f0f0f0f0f0.*alice\/default/,
  ])
    await log.getByRole('row', { name: line }).waitFor();
  expect(alice.errors).toEqual([]);
});

test('lists versions, jobs and who set them, and rolls back after a question, without showing a value', async () => {
  const { page } = alice;
  await alice.go('/n/alice/secrets');
  await page.getByRole('button', { name: 'More for db-password' }).click();
  await page.getByRole('menuitem', { name: 'Details' }).click();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByRole('row', { name: /f0f0f0f0f0f0.*argocd.*nightly/ }).waitFor();
  await history.getByRole('columnheader', { name: 'Used by' }).waitFor();
  await history.getByRole('button', { name: 'Roll back to f0f0f0f0f0f0' }).click();
  const question = history.getByRole('group', { name: 'Roll back to f0f0f0f0f0f0' });
  await question.getByText('Put the former value f0f0f0f0f0f0 of db-password in force?').waitFor();
  expect(secret().spec).toEqual({ value: 'now' });
  await question.getByRole('button', { name: 'Yes, roll back' }).click();
  await page.getByText('db-password is back at f0f0f0f0f0f0.').waitFor();
  await until(() => secret().spec.sealed !== undefined, 'the sealed value');
  expect(secret().spec.value).toBeUndefined();
  expect(await page.content()).not.toContain('the former value');
  expect(alice.errors).toEqual([]);
});
