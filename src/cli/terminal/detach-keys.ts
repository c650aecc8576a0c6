/** Ctrl-P Ctrl-Q leaves a session, as in the original and in docker. All other keys pass, Ctrl-P alone with the key after it. Pure. */

const ctrlP = 0x10;
const ctrlQ = 0x11;

interface DetachKeys {
  /** What passes of these keys; `undefined` once the session is left. */
  take(keys: Uint8Array): Uint8Array | undefined;
}

export function createDetachKeys(): DetachKeys {
  let isHeld = false;
  return {
    take(keys) {
      const passed: number[] = [];
      for (const key of keys) {
        if (isHeld && key === ctrlQ) return undefined;
        if (isHeld) passed.push(ctrlP);
        isHeld = key === ctrlP;
        if (!isHeld) passed.push(key);
      }
      return Uint8Array.from(passed);
    },
  };
}
