/**
 * Whether standard input has ended without a byte, as it has under cron, in CI and after `< /dev/null`. Looked at while other things are
 * asked, so that nobody waits for it; nothing is taken from it.
 *
 * What for: under load Kubernetes loses the rest of a command's output, and still reports success, when standard input ends while the
 * command prints (kubernetes/kubernetes#124571). A command that is given no input cannot be hit by it.
 */
import type { Readable } from 'node:stream';

interface InputWatch {
  isEmpty(): boolean;
  /** Leaves the stream as it was: silent, and not keeping the process. Harmless when repeated. */
  stop(): void;
}

export function watchInput(input: Readable): InputWatch {
  const look = (): void => {
    // At the end of the stream this is what makes it say so. Bytes stay where they are, and with bytes in it a stream has not ended.
    if (input.readableLength === 0) input.read();
  };
  input.on('readable', look);
  return {
    isEmpty: () => input.readableEnded,
    stop: () => {
      if (!input.listeners('readable').includes(look)) return;
      input.off('readable', look);
      input.pause();
    },
  };
}
