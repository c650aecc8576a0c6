/** UserSecrets as people write them: a value of 32 random characters, sealed or plain, over ten namespaces. */
import { randomBytes } from 'node:crypto';
import { API_VERSION } from '../../../src/api/index.ts';
import { sealHpke } from '../../../src/sealing/index.ts';
import { inParallel, type Write } from './bare-client.ts';
import type { Bench } from './bench.ts';

const namespaceCount = 10;

export interface PreparedSecret {
  readonly namespace: string;
  readonly name: string;
  readonly body: unknown;
}

export type SourceForm = 'sealed' | 'plain';

/** Makes the namespaces `<prefix>-0` to `-9` and the bodies; nothing is sent yet, so that sealing is not measured. */
export async function prepareSecrets(
  bench: Pick<Bench, 'makeNamespace' | 'sealingKey'>,
  prefix: string,
  count: number,
  form: SourceForm,
): Promise<readonly PreparedSecret[]> {
  for (let index = 0; index < namespaceCount; index += 1) await bench.makeNamespace(`${prefix}-${String(index)}`);
  const prepared: PreparedSecret[] = [];
  await inParallel(count, async (index) => {
    const namespace = `${prefix}-${String(index % namespaceCount)}`;
    prepared[index] = await prepareSecret(bench, namespace, `secret-${String(index)}`, form);
  });
  return prepared;
}

export async function prepareSecret(
  { sealingKey }: Pick<Bench, 'sealingKey'>,
  namespace: string,
  name: string,
  form: SourceForm,
): Promise<PreparedSecret> {
  const value = randomBytes(24).toString('base64');
  const spec =
    form === 'plain'
      ? { value }
      : { sealed: { value: await sealHpke(sealingKey, { namespace, name, key: name }, Buffer.from(value)) } };
  const body = { apiVersion: API_VERSION, kind: 'UserSecret', metadata: { namespace, name }, spec };
  return { namespace, name, body };
}

export function createWrite({ namespace, body }: PreparedSecret): Write {
  return { method: 'POST', path: `/apis/${API_VERSION}/namespaces/${namespace}/usersecrets`, body };
}

/** Creates all, so many at a time; resolves with the milliseconds it took. */
export function createAll({ client }: Pick<Bench, 'client'>, secrets: readonly PreparedSecret[]): Promise<number> {
  return inParallel(secrets.length, async (index) => {
    const secret = secrets[index];
    if (secret !== undefined) await client.send(createWrite(secret));
  });
}
