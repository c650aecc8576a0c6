/** Decides when a new sealing key pair of each kind is due. Pure. Old pairs stay, for opening what is in git for ever. */
export type SealingKeyKind = 'hpke' | 'rsa';

export interface SealingKeyView {
  readonly use: SealingKeyKind;
  /** Epoch milliseconds. */
  readonly createdMs: number;
  /** False when its label takes it out of use. */
  readonly isActive: boolean;
}

export interface SealingKeysPlan {
  readonly due: readonly SealingKeyKind[];
  /** When the next one falls due, epoch milliseconds; undefined = never. */
  readonly nextMs: number | undefined;
}

/** HPKE first: it is what `neuro` and the console seal for, and is made in a moment; RSA-4096 takes seconds. */
export const sealingKeyKinds: readonly SealingKeyKind[] = ['hpke', 'rsa'];

/** `renewEveryMs` 0 = never, beyond the first pair of each kind. */
export function planSealingKeys(keys: readonly SealingKeyView[], renewEveryMs: number, nowMs: number): SealingKeysPlan {
  const due: SealingKeyKind[] = [];
  const next: number[] = [];
  for (const kind of sealingKeyKinds) {
    const times = keys.filter((key) => key.use === kind && key.isActive).map((key) => key.createdMs);
    if (times.length === 0) {
      due.push(kind);
    } else if (renewEveryMs > 0) {
      const dueMs = Math.max(...times) + renewEveryMs;
      if (dueMs <= nowMs) due.push(kind);
      else next.push(dueMs);
    }
  }
  return { due, nextMs: next.length === 0 ? undefined : Math.min(...next) };
}
