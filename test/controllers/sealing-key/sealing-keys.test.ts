/** Which pairs the keyring holds while the import of one fails. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newKeySecret } from '../../../src/controllers/sealing-key/key-secrets.ts';
import { SealingKeys } from '../../../src/controllers/sealing-key/sealing-keys.ts';
import { secretType, type Secret } from '../../../src/controllers/resources.ts';
import { KubeClient, type KubeObject } from '../../../src/kernel/index.ts';
import { nowMs } from '../../support/builders.ts';
import { InProcessTransport } from '../../support/in-process-transport.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ModelApi } from '../../support/model-api.ts';
import { until } from '../../support/until.ts';
import { namespace } from './sealing-key-world.ts';

let model: ModelApi;
let keys: SealingKeys;
let end: AbortController;
/** Names of Secrets that are read with a value that no API server returns, so the import fails for another reason than the Secret. */
let odd: Set<string>;
/** Names of Secrets whose import fails as that of a damaged key does, though the Secret does not change. */
let failing: Set<string>;
let clock: ManualClock;
let badKeys: string[];
let changes: number;

beforeEach(() => {
  [model, end, odd, failing, badKeys, changes] = [new ModelApi(), new AbortController(), new Set(), new Set(), [], 0];
  const transport = new InProcessTransport({ model });
  clock = new ManualClock();
  const client = new KubeClient({
    transport: {
      request: async (request) => {
        const answer = (await transport.request(request)) as Secret;
        const name = request.path.split('/').at(-1) ?? '';
        if (failing.has(name)) return { ...answer, data: { 'hpke.json': '' } };
        return odd.has(name) ? { ...answer, data: { 'hpke.json': 1 } } : answer;
      },
      stream: (request) => transport.stream(request),
    },
  });
  keys = new SealingKeys({
    client,
    namespace,
    clock,
    latestNow: () => nowMs,
    defaults: { clock },
    onBadKey: (name) => badKeys.push(name),
    onError: () => undefined,
  });
  keys.onChange(() => (changes += 1));
});

afterEach(() => end.abort());

async function put(ageMs: number): Promise<string> {
  const secret = await newKeySecret('hpke', namespace, nowMs - ageMs);
  model.put(secretType, { ...secret });
  return secret.metadata.name;
}

const listed = (count: number): Promise<void> =>
  until(() => [...keys.informer.store.values()].length === count, 'all key Secrets are listed');
const load = (): Promise<void> => keys.load(end.signal);
const usedIds = (): readonly string[] => keys.keyring.publishedKeys.map(({ keyId }) => keyId);

it('imports the same version again after an error that is not about the Secret, and uses the other pairs meanwhile', async () => {
  const [older, newer] = [await put(2_000), await put(1_000)];
  void keys.informer.reflector.run(end.signal);
  await listed(2);
  odd.add(newer);
  await expect(load()).rejects.toThrow(TypeError);
  await expect(load()).rejects.toThrow(TypeError);
  expect(usedIds().map((id) => older.endsWith(id))).toEqual([true]);
  expect([keys.isLoaded, keys.usable.length, changes]).toEqual([false, 1, 1]);
  odd.clear();
  await load();
  expect([keys.isLoaded, keys.usable.length, changes]).toEqual([true, 2, 2]);
  expect(badKeys).toEqual([]);
});

it('uses the pair of an older version until the newer one is imported', async () => {
  const name = await put(1_000);
  void keys.informer.reflector.run(end.signal);
  await listed(1);
  await load();
  const before = usedIds();
  odd.add(name);
  const stored = model.get(secretType, { namespace, name });
  model.put(secretType, {
    ...stored,
    metadata: { ...stored?.metadata, annotations: { ...stored?.metadata.annotations, note: 'changed' } },
  } as unknown as KubeObject & Record<string, unknown>);
  await until(() => !keys.isLoaded, 'the change is seen');
  await expect(load()).rejects.toThrow(TypeError);
  expect([usedIds(), keys.isLoaded]).toEqual([before, false]);
});

it('tries a pair again each minute that could not be used, because WebCrypto may fail for a while, and reports it once', async () => {
  const [older, newer] = [await put(2_000), await put(1_000)];
  void keys.informer.reflector.run(end.signal);
  await listed(2);
  failing.add(newer);
  const following = keys.follow(end.signal);
  await until(() => keys.isLoaded, 'the other pair is used');
  expect(usedIds().map((id) => older.endsWith(id))).toEqual([true]);
  await clock.advance(60_000);
  await clock.advance(60_000);
  expect([badKeys, usedIds().length, changes]).toEqual([[newer], 1, 1]);
  failing.clear();
  await clock.advance(59_999);
  expect(usedIds()).toHaveLength(1);
  await clock.advance(1);
  await until(() => usedIds().length === 2, 'it is used');
  expect([badKeys, keys.usable.length, changes]).toEqual([[newer], 2, 2]);
  end.abort();
  await following;
});
