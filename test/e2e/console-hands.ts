/** What people do in the console again and again, and what tests ask the cluster about it. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright-core';
import { parse, stringify } from 'yaml';
import type { UserSecret } from '../../src/api/index.ts';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { eventually } from '../support/until.ts';
import type { ConsoleStage } from './console-stage.ts';
import type { BrowserUser } from './console-world.ts';

const mostTabs = 60;

/** `now` gives who sits in front of what. */
export function handsOf(now: () => { readonly stage: ConsoleStage; readonly alice: BrowserUser }) {
  let keys = 0;
  const page = (): Page => now().alice.page;

  /** A key that no try before has used: one that is taken is not saved. */
  function freshKey(word: string): string {
    keys += 1;
    return `${word}-${String(keys)}`;
  }

  const row = (key: string): Locator => page().getByRole('row').filter({ hasText: key });
  const clipboard = (): Promise<string> => page().evaluate(() => navigator.clipboard.readText());

  async function addForm(): Promise<Locator> {
    await now().alice.go('/n/alice/secrets');
    await page().getByRole('button', { name: /^Add/ }).first().click();
    return page().getByRole('form', { name: 'Add a secret' });
  }

  function bytesOfValue(key: string): Promise<Buffer> {
    return eventually(
      () => now().stage.typed.alice(['secret', 'get', key]),
      ({ code }) => code === 0,
      `the value of ${key}`,
    ).then(({ bytes }) => bytes);
  }

  function found(key: string): Promise<UserSecret> {
    return now().stage.cluster.request({ method: 'GET', path: `/apis/neu.ro/v1/namespaces/alice/usersecrets/${key}` });
  }

  /** As one who types looks first where it goes. */
  async function untilFocused(field: Locator): Promise<void> {
    await eventually(
      () => field.evaluate((element) => element === document.activeElement),
      (isFocused) => isFocused,
      'the focus',
    );
  }

  async function copied(act: () => Promise<void>): Promise<string> {
    const before = `before ${String(Date.now())}`;
    await page().evaluate((text) => navigator.clipboard.writeText(text), before);
    await act();
    return eventually(clipboard, (text) => text !== before, 'it was copied');
  }

  /** Tab by Tab, as who has no mouse. */
  async function tabTo(field: Locator): Promise<void> {
    for (let count = 0; count < mostTabs; count += 1) {
      if (await field.evaluate((element) => element === document.activeElement)) return;
      await page().keyboard.press('Tab');
    }
    throw new Error('the field was not reached by Tab');
  }

  /** Tab by Tab; then Enter. */
  async function press(label: string): Promise<void> {
    for (let count = 0; count < mostTabs; count += 1) {
      const focused = await page().evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
      });
      if (focused === label) return page().keyboard.press('Enter');
      await page().keyboard.press('Tab');
    }
    throw new Error(`${label} was not reached by Tab`);
  }

  return { freshKey, row, addForm, bytesOfValue, found, untilFocused, copied, tabTo, press };
}

export async function contentOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

/** Cards of a platform team and their preset, for Alice to read. */
export function cardsOf(namespace: string): readonly unknown[] {
  const widgets = [{ name: 'train', title: 'Train a model', kind: 'job', image: 'trainer:1', preset: 'small' }];
  const presets = { small: { resources: { limits: { memory: '64Mi' } } } };
  const rbac = 'rbac.authorization.k8s.io';
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'neuro-console', namespace },
      data: { 'config.yaml': stringify({ widgets, presets }) },
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: 'cards', namespace },
      rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['neuro-console'], verbs: ['get'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'cards', namespace },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'cards' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'alice' }],
    },
  ];
}

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string }[];
  readonly users: readonly { readonly user: object }[];
}

/** One with two contexts, `as-alice` and `as-bob`. */
export function writeKubeconfigOfBoth(cluster: DevCluster, path: string): void {
  const read = (user: string) => parse(readFileSync(cluster.kubeconfigPath(user), 'utf8')) as Kubeconfig;
  const [hers, his] = [read('alice'), read('bob')];
  const of = (config: Kubeconfig, name: string) => ({ name: `as-${name}`, user: { ...config.users[0]?.user } });
  const contextOf = (name: string) => ({ name, context: { cluster: hers.clusters[0]?.name ?? '', user: name } });
  const both = {
    ...hers,
    users: [of(hers, 'alice'), of(his, 'bob')],
    contexts: [contextOf('as-alice'), contextOf('as-bob')],
    'current-context': 'as-alice',
  };
  writeFileSync(path, stringify(both), { mode: 0o600 });
}
