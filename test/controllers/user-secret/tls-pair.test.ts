import { expect, test } from 'vitest';
import { joinPair } from '../../../src/api/index.ts';
import { createFingerprint } from '../../../src/controllers/fingerprint.ts';
import { checkPair, pairIn } from '../../../src/controllers/user-secret/tls-pair.ts';
import { viewSecret } from '../../../src/controllers/secret-view.ts';
import { SecretValue } from '../../../src/kernel/index.ts';
import { newPair, pairData, type TestPair } from '../../support/certificate-pair.ts';

const pair = await newPair();
const other = await newPair();
const check = (parts: Partial<TestPair>) => checkPair(SecretValue.fromUtf8(joinPair(parts)));

test('a key that is of another certificate is refused, and so is a damaged one, without their texts', () => {
  expect(check(pair)).toEqual(SecretValue.fromUtf8(joinPair(pair)));
  const wrong = check({ ...pair, 'tls.key': other['tls.key'] });
  expect(wrong).toEqual({ problem: 'the private key is not the one of the certificate' });
  const damaged = check({ ...pair, 'tls.crt': pair['tls.crt'].replace(/MII.{40}/, 'MIIA') });
  expect(damaged).toEqual({ problem: expect.stringContaining('is damaged') as unknown });
});

test("a Secret of someone's has a pair where both keys are there", () => {
  expect(pairIn(pairData(pair))).toEqual(SecretValue.fromUtf8(joinPair(pair)));
  expect(pairIn(pairData({ 'tls.crt': pair['tls.crt'] }))).toBeUndefined();
  expect(pairIn({ ...pairData(pair), 'tls.key': '' })).toBeUndefined();
  expect(pairIn(undefined)).toBeUndefined();
});

test('a part that is not the one of the value is seen, and so is one too many', () => {
  const view = (data: Readonly<Record<string, string>>) =>
    viewSecret(
      {
        metadata: { namespace: 'a', name: 'web', annotations: { 'neu.ro/owner-uid': 'u' } },
        type: 'kubernetes.io/tls',
        data,
      },
      createFingerprint(Buffer.from('key')),
    ).hasBrokenPair;
  const text = Buffer.from(joinPair({ ...pair, 'ca.crt': '' })).toString('base64');
  const { 'ca.crt': ca = '', ...parts } = pairData(pair);
  expect(view({ ...parts, 'tls-combined.pem': text })).toBeUndefined();
  expect(view({ ...parts, 'tls-combined.pem': text, 'ca.crt': ca })).toBe(true);
  expect(view({ ...parts, 'tls-combined.pem': text, 'tls.key': ca })).toBe(true);
  expect(view(parts)).toBe(true);
});
