/**
 * The catalogue of HPKE suites. A suite has a name that stands in every text sealed with it; names are added, never
 * changed. All use HKDF-SHA256 and AES-256-GCM in base mode (RFC 9180) and differ in how the key is encapsulated.
 */
import {
  AEAD_AES_256_GCM,
  CipherSuite,
  KEM_DHKEM_X25519_HKDF_SHA256,
  KEM_MLKEM768_X25519,
  NotSupportedError,
  type KEMFactory,
} from 'hpke';
import { SealingError } from './errors.ts';
import { hkdfSha256 } from './hkdf-sha256.ts';

export type SealingSuite = 'mlkem768-x25519' | 'x25519';

/** The suites in the order of preference; a new key pair gets the first. */
export const SEALING_SUITES: readonly SealingSuite[] = ['mlkem768-x25519', 'x25519'];
export const DEFAULT_SEALING_SUITE: SealingSuite = 'mlkem768-x25519';

/** AES-GCM's tag. */
export const TAG_BYTES = 16;

interface SuiteParameters {
  readonly kem: KEMFactory;
  readonly encapsulatedBytes: number;
  readonly publicKeyBytes: number;
  readonly privateKeyBytes: number;
}

const PARAMETERS: Readonly<Record<SealingSuite, SuiteParameters>> = {
  // draft-ietf-hpke-pq, KEM 0x647a. The private half is the 32-byte seed of both keys.
  'mlkem768-x25519': {
    kem: KEM_MLKEM768_X25519,
    encapsulatedBytes: 1120,
    publicKeyBytes: 1216,
    privateKeyBytes: 32,
  },
  // RFC 9180, KEM 0x0020.
  x25519: {
    kem: KEM_DHKEM_X25519_HKDF_SHA256,
    encapsulatedBytes: 32,
    publicKeyBytes: 32,
    privateKeyBytes: 32,
  },
};

const built = new Map<SealingSuite, CipherSuite>();
const supported = new Map<SealingSuite, Promise<boolean>>();

export function isSealingSuite(name: string): name is SealingSuite {
  return Object.hasOwn(PARAMETERS, name);
}

export function suiteParameters(suite: SealingSuite): SuiteParameters {
  return PARAMETERS[suite];
}

/** `kem` replaces the built-in KEM by another implementation of the same one, where the runtime has none. */
export function cipherSuite(suite: SealingSuite, kem?: KEMFactory): CipherSuite {
  if (kem) return buildSuite(kem);
  // Built on first use: Node warns that ML-KEM is experimental as soon as the suite exists.
  const existing = built.get(suite) ?? buildSuite(PARAMETERS[suite].kem);
  built.set(suite, existing);
  return existing;
}

/** Whether this runtime has the algorithms of a suite. Asked until there is an answer; some browsers have no ML-KEM yet. */
export function isSuiteSupported(suite: SealingSuite): Promise<boolean> {
  const existing = supported.get(suite);
  if (existing !== undefined) return existing;
  const probed = probe(suite);
  supported.set(suite, probed);
  // A failure may pass.
  probed.catch(() => supported.delete(suite));
  return probed;
}

/** What the `hpke` package throws for a missing algorithm becomes ours; everything else is left as it is. */
export function asUnsupported(suite: SealingSuite, error: unknown): unknown {
  if (!(error instanceof NotSupportedError)) return error;
  const message = `This runtime has no ${suite}; use Node 24.7 or newer, a browser that has it, or the suite x25519.`;
  return new SealingError('UnsupportedSuite', message, { cause: error });
}

async function probe(suite: SealingSuite): Promise<boolean> {
  try {
    await cipherSuite(suite).GenerateKeyPair();
    return true;
  } catch (error) {
    if (error instanceof NotSupportedError) return false;
    throw error;
  }
}

function buildSuite(kem: KEMFactory): CipherSuite {
  return new CipherSuite(kem, hkdfSha256, AEAD_AES_256_GCM);
}
