import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  KubeClient,
  Reflector,
  Store,
  Transport,
  type KubeObject,
  type ResourceType,
  undiciHttp,
} from '../../src/kernel/index.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { until } from '../support/until.ts';

interface Big extends KubeObject {
  readonly data: { readonly value: string; readonly label: string };
}
const bigs: ResourceType<Big> = { group: '', version: 'v1', plural: 'bigs', kind: 'Big', namespaced: true };

const objectCount = 400;
const valueLength = 50_000;
const allValuesBytes = objectCount * valueLength;

describe('memory', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let stopping: AbortController;

  beforeEach(async () => {
    server = await FakeApiServer.start();
    transport = new Transport({ access: server.access(), http: undiciHttp, userAgent: 'test' });
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort(new Error('stop'));
    await transport.close();
    await server.close();
  });

  function heapBytes(): number {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  }

  /** Keeps texts of several lengths out of the raw object, as projections do. */
  const project = ({ metadata: { namespace = '', name, uid = '', resourceVersion = '', labels = {} }, data }: Big) => ({
    metadata: { namespace, name, uid, resourceVersion, labels },
    label: data.label,
  });

  test('what a projection leaves away does not stay, from a list nor from a watch', async () => {
    const store = new Store<ReturnType<typeof project>>();
    const put = (index: number, letter: string): void => {
      server.model.put(bigs, {
        metadata: {
          namespace: 'ns',
          name: `object-with-a-long-name-${String(index)}`,
          labels: { 'some/label': letter.repeat(40) },
        },
        data: { value: letter.repeat(valueLength), label: `a text that is kept ${String(index)}` },
      });
    };
    for (let index = 0; index < objectCount; index += 1) put(index, 'x');
    const before = heapBytes();
    const reflector = new Reflector<Big, ReturnType<typeof project>>({
      client: new KubeClient({ transport }),
      type: bigs,
      store,
      project,
    });
    const ended = reflector.run(stopping.signal);
    await reflector.whenSynced();
    expect(store.size).toBe(objectCount);
    expect(heapBytes() - before).toBeLessThan(allValuesBytes / 4);

    await until(() => server.watches().length === 1, 'it watches');
    const count = { heard: 0 };
    store.onChange(() => (count.heard += 1));
    for (let index = 0; index < objectCount; index += 1) {
      put(index, 'y');
      // So that what is on its way does not count as kept.
      if (index % 20 === 0) await until(() => count.heard >= index, 'the events so far are here');
    }
    await until(() => count.heard === objectCount, 'all events are here');
    // The model of the test itself keeps what it was given; what was there before is in `before`.
    const keptByModel = allValuesBytes;
    expect(heapBytes() - before - keptByModel).toBeLessThan(allValuesBytes / 2);
    stopping.abort(new Error('stop'));
    await ended;
  });
});
