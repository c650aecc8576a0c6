/**
 * A bound on the bytes of values that are in memory at a time, over everything that copies values, with a share for each namespace.
 * Nothing waits in it: a key that gets no share now is retried later, so it blocks no worker.
 */
interface ByteBudgetOptions {
  readonly totalBytes: number;
  /** The most that one namespace may hold. */
  readonly bytesPerNamespace: number;
  /** Called when a share is refused. */
  readonly onRefused?: () => void;
}

/**
 * Values that are copied at a time, over all jobs and copies. As texts and bodies of requests they take about four times as much, 48 MiB:
 * a fifth of the memory that the chart gives the operator.
 */
const valuesInFlightBytes = 12 * 1024 * 1024;
/** The share of one namespace: a third, so that two others go on while one fills its share. */
const valuesInFlightPerNamespaceBytes = valuesInFlightBytes / 3;

/** The budget of everything that copies values. */
export function valuesInFlight(onBound?: (bound: string) => void): ByteBudget {
  return new ByteBudget({
    totalBytes: valuesInFlightBytes,
    bytesPerNamespace: valuesInFlightPerNamespaceBytes,
    onRefused: () => onBound?.('values_in_flight'),
  });
}

export class ByteBudget {
  readonly #options: ByteBudgetOptions;
  #usedBytes = 0;
  /** Invariant: no namespace with 0. */
  readonly #usedByNamespace = new Map<string, number>();

  constructor(options: ByteBudgetOptions) {
    this.#options = options;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** The result gives the share back; undefined where there is none now. Who asks for more than a namespace's share gets all of it. */
  take(namespace: string, askedBytes: number): (() => void) | undefined {
    const release = this.tryTake(namespace, askedBytes);
    if (release === undefined) this.#options.onRefused?.();
    return release;
  }

  /** The same for what is done only where there is room: its refusal is not counted. */
  tryTake(namespace: string, askedBytes: number): (() => void) | undefined {
    const { totalBytes, bytesPerNamespace } = this.#options;
    const bytes = Math.min(askedBytes, bytesPerNamespace);
    const used = this.#usedByNamespace.get(namespace) ?? 0;
    if (used + bytes > bytesPerNamespace || this.#usedBytes + bytes > totalBytes) return undefined;
    this.#add(namespace, bytes);
    let isTaken = true;
    return () => {
      if (isTaken) this.#add(namespace, -bytes);
      isTaken = false;
    };
  }

  #add(namespace: string, bytes: number): void {
    this.#usedBytes += bytes;
    const used = (this.#usedByNamespace.get(namespace) ?? 0) + bytes;
    if (used === 0) this.#usedByNamespace.delete(namespace);
    else this.#usedByNamespace.set(namespace, used);
  }
}
