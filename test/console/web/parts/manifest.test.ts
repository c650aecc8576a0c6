/** An object as YAML for git. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { userSecrets } from '../../../../src/console/web/cluster/object.ts';
import { manifestText } from '../../../../src/console/web/parts/manifest.ts';

test('what the server added is left out, long values stay on one line', async () => {
  const value = 'x'.repeat(3000);
  const text = await manifestText(userSecrets, {
    metadata: {
      name: 'db',
      namespace: 'alice',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '2026-11-25T12:00:00Z',
      labels: { a: 'b' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'x' },
    },
    spec: { sealed: { value } },
    status: { version: 'x' },
  });
  expect(parse(text)).toEqual({
    apiVersion: 'neu.ro/v1',
    kind: 'UserSecret',
    metadata: { name: 'db', namespace: 'alice', labels: { a: 'b' } },
    spec: { sealed: { value } },
  });
  expect(text).toContain(`value: ${value}\n`);
});

test('a name that YAML 1.1 takes for something else is a text for kubectl, too', async () => {
  const text = await manifestText(userSecrets, { metadata: { name: 'off', namespace: 'no' }, spec: {} });
  expect(parse(text, { version: '1.1' })).toMatchObject({ metadata: { name: 'off', namespace: 'no' } });
});
