/**
 * Passes on what comes from a stream, and notices when nothing comes.
 *
 * Promise: `onSilence` is called once when nothing has come for `afterMs`, and `onSound` with what comes next. The console's server sends an empty
 * message each time the API server has confirmed the right to the stream, so silence means that somebody on the way does not answer.
 */
interface Hearing {
  /** Milliseconds. */
  readonly afterMs: number;
  readonly onSilence: () => void;
  readonly onSound: () => void;
}

export async function* heard<T>(chunks: AsyncIterable<T>, { afterMs, onSilence, onSound }: Hearing): AsyncGenerator<T> {
  const state = { isSilent: false };
  const silent = (): void => {
    state.isSilent = true;
    onSilence();
  };
  let timer = setTimeout(silent, afterMs);
  try {
    for await (const chunk of chunks) {
      clearTimeout(timer);
      if (state.isSilent) onSound();
      state.isSilent = false;
      timer = setTimeout(silent, afterMs);
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}
