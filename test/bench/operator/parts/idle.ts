/** One object at a time on a cluster at rest: how long a person waits. */
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../../../../src/api/index.ts';
import { secretType, userSecretType } from '../../../../src/controllers/resources.ts';
import { takeTemplate, templateWrites } from '../baseline.ts';
import type { Bench } from '../bench.ts';
import { hasCondition, openWatch, type ObjectWatch } from '../object-watch.ts';
import { percentile } from '../percentile.ts';
import { createWrite, prepareSecret } from '../user-secrets.ts';

const part = 'idle';
const namespace = 'idle';
/** Between two, so that nothing of the former one is under way. */
const restMs = 30;
const warmUps = 20;
const label = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;

export async function benchIdle(bench: Bench): Promise<void> {
  const count = bench.count(200);
  await bench.makeNamespace(namespace);
  const template = await takeTemplate(bench, 'sealed');
  const watches = {
    secrets: await openWatch(bench.kubeconfig, secretType, { namespace, labelSelector: label }),
    userSecrets: await openWatch(bench.kubeconfig, userSecretType, { namespace }),
  };
  try {
    const bare = await bareLatencies(bench, watches, template, count);
    const operator = await bench.startOperator();
    const ours = await latencies(bench, watches, count);
    await operator.stop();
    for (const percent of [50, 95, 99]) {
      bench.row({
        part,
        what: `create UserSecret -> native Secret, p${String(percent)} of ${String(count)}`,
        value: percentile(ours.secretMs, percent),
        unit: 'ms',
        bare: percentile(bare.secretMs, percent),
        ...(percent === 50 ? { target: { of: 'value', atMost: 8 } as const } : {}),
      });
    }
    for (const percent of [50, 95, 99]) {
      bench.row({
        part,
        what: `create UserSecret -> Ready, p${String(percent)}`,
        value: percentile(ours.readyMs, percent),
        unit: 'ms',
        bare: percentile(bare.readyMs, percent),
      });
    }
  } finally {
    await watches.secrets.close();
    await watches.userSecrets.close();
  }
}

interface Watches {
  readonly secrets: ObjectWatch;
  readonly userSecrets: ObjectWatch;
}

interface Latencies {
  readonly secretMs: readonly number[];
  readonly readyMs: readonly number[];
}

async function latencies(bench: Bench, watches: Watches, count: number): Promise<Latencies> {
  return measure(bench, watches, count, 'secret', async (create) => {
    await create();
  });
}

/** The bare client creates the UserSecret, and as soon as it has the answer the Secret, then the status. */
async function bareLatencies(
  bench: Bench,
  watches: Watches,
  template: Awaited<ReturnType<typeof takeTemplate>>,
  count: number,
): Promise<Latencies> {
  const result = await measure(bench, watches, count, 'bare', async (create, name) => {
    const { metadata } = await create();
    for (const write of templateWrites(template, { namespace, name, uid: metadata.uid }))
      await bench.client.send(write);
  });
  for (const path of [
    `/api/v1/namespaces/${namespace}/secrets`,
    `/apis/${API_VERSION}/namespaces/${namespace}/usersecrets`,
  ])
    await bench.client.send({ method: 'DELETE', path });
  return result;
}

async function measure(
  bench: Bench,
  { secrets, userSecrets }: Watches,
  count: number,
  prefix: string,
  act: (create: () => Promise<{ metadata: { uid: string } }>, name: string) => Promise<void>,
): Promise<Latencies> {
  const secretMs: number[] = [];
  const readyMs: number[] = [];
  for (let index = 0; index < count + warmUps; index += 1) {
    const name = `${prefix}-${String(index)}`;
    const write = createWrite(await prepareSecret(bench, namespace, name, 'sealed'));
    const isIt = (key: string): boolean => key === `${namespace}/${name}`;
    const secretSeen = secrets.until(`Secret ${name}`, (_event, key) => isIt(key));
    const readySeen = userSecrets.until(
      `${name} Ready`,
      ({ object }, key) => isIt(key) && hasCondition(object, 'Ready'),
    );
    const startMs = performance.now();
    const [secretAtMs, readyAtMs] = await Promise.all([
      secretSeen,
      readySeen,
      act(() => bench.client.send(write), name),
    ]);
    if (index >= warmUps) {
      secretMs.push(secretAtMs - startMs);
      readyMs.push(readyAtMs - startMs);
    }
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
  return { secretMs, readyMs };
}
