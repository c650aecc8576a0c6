/** What the command itself does to a terminal: questions, a screen that is drawn again, marks around a paste. */
import type { Io } from '../io.ts';
import { visible } from './visible.ts';

/** A question; the answer is typed behind it. */
export function printPrompt({ stderr }: Io, question: string): void {
  stderr.write(visible(question));
}

/** Behind a question whose answer had no echo. */
export function endLine({ stderr }: Io): void {
  stderr.write('\n');
}

/** What is printed next stands in the place of what was there. */
export function clearFromTop({ stdout }: Io): void {
  stdout.write('\u001b[H\u001b[J');
}

/** Asks the terminal to say where a paste begins and ends, until it is asked to stop. */
export function markPastes({ stderr }: Io, isOn: boolean): void {
  stderr.write(isOn ? '\u001b[?2004h' : '\u001b[?2004l');
}
