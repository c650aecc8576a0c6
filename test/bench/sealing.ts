/**
 * How many sealed values one process opens in a second, both formats, many at once.
 *
 *     npm run bench -- sealing [values] [concurrency]
 *
 * A program, not a timed test: figures depend on the machine, and beside each stands Web Crypto's bare private-key
 * operation in the same run, which is what binds.
 */
import {
  generateHpkeKeyPair,
  generateRsaKeyPair,
  importHpkeKeyPair,
  importRsaKeyPair,
  newSealingKeyring,
  sealHpke,
  sealKubeseal,
  type SealedValue,
  type SealingContext,
} from '../../src/sealing/index.ts';

const CONTEXT: SealingContext = { namespace: 'alice', name: 'db-password', key: 'password' };
const CREATED_AT = '2026-01-01T00:00:00Z';
const value = crypto.getRandomValues(new Uint8Array(32));

export async function benchSealing(count: number, concurrency: number): Promise<void> {
  const hybrid = await importHpkeKeyPair(await generateHpkeKeyPair('mlkem768-x25519'));
  const x25519 = await importHpkeKeyPair(await generateHpkeKeyPair('x25519'));
  const rsa = await importRsaKeyPair((await generateRsaKeyPair()).privateKeyPem);
  const otherRsa = await importRsaKeyPair((await generateRsaKeyPair()).privateKeyPem);
  const dated = <Pair>(pair: Pair, createdAt = CREATED_AT) => ({ pair, createdAt });
  const keyring = newSealingKeyring({ hpke: [dated(hybrid), dated(x25519)], rsa: [dated(rsa)] });
  const twoRsaKeys = newSealingKeyring({ hpke: [], rsa: [dated(rsa), dated(otherRsa, '2026-02-01T00:00:00Z')] });

  const hybridText = await sealHpke(hybrid, CONTEXT, value);
  const x25519Text = await sealHpke(x25519, CONTEXT, value);
  const rsaText = await sealKubeseal(rsa, 'strict', CONTEXT, value);
  const large = new Uint8Array(1024 * 1024).fill(7);
  const largeText = await sealHpke(hybrid, CONTEXT, large);
  const bareRsa = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, rsa.publicKey, value);

  const bareKey = rsa.takePrivateKey();

  const open = (sealed: SealedValue, preferredKeyId?: string, ring = keyring) =>
    measure(() => ring.open(sealed, CONTEXT, { preferredKeyId }));

  await report('hpke mlkem768-x25519', () => open({ format: 'hpke', value: hybridText }));
  await report('hpke x25519', () => open({ format: 'hpke', value: x25519Text }));
  await report('kubeseal RSA-4096', () => open({ format: 'kubeseal', value: rsaText }));
  await report('  bare decrypt, one handle', () => measure(() => crypto.subtle.decrypt('RSA-OAEP', bareKey, bareRsa)));
  await report('  second of two keys', () => open({ format: 'kubeseal', value: rsaText }, undefined, twoRsaKeys));
  await report('  the same, key known', () => open({ format: 'kubeseal', value: rsaText }, rsa.keyId, twoRsaKeys));
  await report('hpke mlkem768-x25519, 1 MiB', () =>
    measure(() => keyring.open({ format: 'hpke', value: largeText }, CONTEXT), 40),
  );
  await report('seal hpke mlkem768-x25519', () => measure(() => sealHpke(hybrid, CONTEXT, value)));

  async function report(name: string, run: () => Promise<number>): Promise<void> {
    await run(); // warm-up
    const perSecond = await run();
    console.log(`${name.padEnd(30)} ${perSecond.toFixed(0).padStart(6)} /s`);
  }

  async function measure(run: () => Promise<unknown>, times = count): Promise<number> {
    const start = performance.now();
    let left = times;
    const worker = async () => {
      while (left-- > 0) await run();
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return (times * 1000) / (performance.now() - start);
  }
}
