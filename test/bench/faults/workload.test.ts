import { expect, test } from 'vitest';
import { generateHpkeKeyPair, type PublishedKey } from '../../../src/sealing/index.ts';
import type { BareClient, Write } from '../operator/bare-client.ts';
import { Workload, type Size } from './workload.ts';

interface Made {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly spec: { readonly value?: string; readonly resourceAttributes?: Asked };
}

interface Asked {
  readonly verb: string;
  readonly name: string;
}

const small: Size = { secrets: 1, grants: 1, jobs: 1 };
/** Nothing in it is sealed: of a sealed value only the operator can tell whether it is right. */
const unsealed: Size = { secrets: 0, plain: 1, grants: 1, jobs: 0 };

/** Keeps what is created, and is asked what there is; `natives` are what an operator would have made. */
async function world(size = small) {
  let made: Made[] = [];
  const allowed = new Set<string>();
  const natives = new Map<string, unknown[]>();
  const client = {
    send: ({ method, path, body }: Write) => {
      if (method === 'POST') {
        const object = body as Made;
        if (object.kind === 'SubjectAccessReview') {
          const { verb = '', name = '' } = object.spec.resourceAttributes ?? {};
          return Promise.resolve({ status: { allowed: allowed.has(`${verb} ${name}`) } });
        }
        const uid = `uid-${object.metadata.name}`;
        const status = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] };
        made.push({ ...object, metadata: { ...object.metadata, uid, generation: 1 }, status } as Made);
        return Promise.resolve({});
      }
      const last = path.slice(path.lastIndexOf('/') + 1);
      if (method === 'DELETE') {
        made = made.filter(({ metadata }) => metadata.name !== last);
        return Promise.resolve({});
      }
      const plural = last;
      const items = natives.get(plural) ?? made.filter(({ kind }) => `${kind.toLowerCase()}s` === plural);
      return Promise.resolve({ items });
    },
  } as unknown as BareClient;
  const workload = new Workload(client, 'ns', size);
  await workload.create(await keyOf());
  const settle = (): void => {
    const secret = ({ metadata: { name }, spec: { value = 'generated' } }: Made) => ({
      metadata: { name, uid: `native-${name}` },
      data: { [name]: Buffer.from(value).toString('base64') },
    });
    const owned = (kind: string) =>
      made
        .filter((each) => each.kind === kind)
        .map(({ metadata }) => ({ metadata: { name: 'x', uid: 'y', ownerReferences: [{ uid: metadata.uid }] } }));
    natives.set('secrets', made.filter(({ kind }) => kind === 'UserSecret').map(secret));
    natives.set('rolebindings', owned('SecretGrant'));
    natives.set('pods', owned('NeuroJob'));
  };
  const forget = (): void => {
    made = [];
  };
  return { workload, natives, allowed, settle, forget };
}

async function keyOf(): Promise<PublishedKey> {
  const { keyId, suite, publicKey } = await generateHpkeKeyPair();
  return { keyId, suite, publicKey, createdAt: new Date().toISOString(), active: true };
}

test('only what is wrong is named', async () => {
  const { workload, settle } = await world();
  settle();
  const { lost, twice } = await workload.outcome();
  // The sealed value is random, and only the operator can open it.
  expect(lost).toEqual(['sealed-0 has another value']);
  expect(twice).toEqual([]);
});

test('what does not exist is named', async () => {
  const { workload, natives, settle } = await world();
  settle();
  for (const plural of ['secrets', 'rolebindings', 'pods']) natives.set(plural, []);
  const { lost } = await workload.outcome();
  expect(lost).toEqual([
    'sealed-0 has no Secret',
    'generated-0 has no Secret',
    'plain-0 has no Secret',
    'grant-0 binds nothing',
    'job-0 has no Pod',
  ]);
});

test('objects that are gone are counted', async () => {
  const { workload, settle, forget } = await world();
  settle();
  forget();
  expect((await workload.outcome()).lost).toEqual(
    expect.arrayContaining(['1 of 1 grants are gone', '1 of 1 jobs are gone']),
  );
});

test('access is what the grants give, no less and no more', async () => {
  const { workload, allowed, settle } = await world(unsealed);
  settle();
  expect(await workload.outcome()).toEqual({ lost: ['use of plain-0 is not allowed'], kept: [], twice: [] });
  allowed.add('use plain-0');
  expect(await workload.outcome()).toEqual({ lost: [], kept: [], twice: [] });
  allowed.add('use sealed-0').add('create plain-0');
  const { kept } = await workload.outcome();
  expect(kept).toEqual(['create of plain-0 is allowed', 'use of sealed-0 is still allowed']);
});
