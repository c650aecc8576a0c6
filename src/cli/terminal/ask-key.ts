/** A question that one key answers. It goes to standard error, and nothing of the answer is shown. */
import type { Io } from '../io.ts';
import { clearLine, questionStands } from '../output/live-line.ts';
import { printPrompt } from '../output/screen.ts';
import { inRawMode } from './raw-mode.ts';

/** Rejects when the input ends. */
export async function askKey(io: Io, question: string): Promise<string> {
  return inRawMode(io, () => {
    // Only now, so that no key meets the terminal as it was: there, Ctrl-D would be the end of the input.
    printPrompt(io, question);
    questionStands(io);
    return new Promise<string>((resolve, reject) => {
      const onData = (chunk: Buffer | string): void => {
        io.stdin.off('end', onEnd);
        clearLine(io);
        resolve(chunk.toString().slice(0, 1));
      };
      const onEnd = (): void => {
        io.stdin.off('data', onData);
        clearLine(io);
        reject(new Error('the input has ended'));
      };
      io.stdin.once('data', onData).once('end', onEnd);
      io.stdin.resume();
    });
  });
}
