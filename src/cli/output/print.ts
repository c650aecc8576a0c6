/** The result itself, where it is no table: lines, words with a colour, texts. All of it passes `visible`. */
import { colourise, hasColour, type Colour } from './colour.ts';
import { note, type Speaker } from './say.ts';
import { visible, visibleLines } from './visible.ts';

/** A line each, for scripts: names, keys, URIs. */
export function printLines({ io }: Pick<Speaker, 'io'>, lines: readonly string[]): void {
  io.stdout.write(lines.map((line) => `${visible(line)}\n`).join(''));
}

interface ColouredWord {
  readonly text: string;
  readonly colour: Colour;
}

/** One line of words, some in a colour. */
export function printWords(speaker: Speaker, words: readonly (string | ColouredWord)[]): void {
  const isColoured = hasColour(speaker, speaker.io.isOutputTerminal);
  const painted = words.map((word) =>
    typeof word === 'string' ? visible(word) : colourise(visible(word.text), word.colour, isColoured),
  );
  speaker.io.stdout.write(`${painted.join('').trimEnd()}\n`);
}

/** A text of several lines as it is, but for what `visible` shows. */
export function printText({ io }: Pick<Speaker, 'io'>, text: string): void {
  io.stdout.write(visibleLines(text));
}

/** A value, byte for byte; at a terminal as text that cannot do anything to it. */
export function printBytes(speaker: Speaker, bytes: Uint8Array): void {
  const { stdout, isOutputTerminal } = speaker.io;
  if (!isOutputTerminal) {
    stdout.write(bytes);
    return;
  }
  const text = Buffer.from(bytes).toString('utf8').replace(/\r\n/g, '\n');
  const shown = visibleLines(text);
  stdout.write(shown);
  if (shown === text && !text.includes('\ufffd')) return;
  if (!shown.endsWith('\n')) stdout.write('\n');
  note(
    speaker,
    'Not every byte is text for a terminal; those are shown as \\u…. A pipe, or --file, gets all as they are.',
  );
}

/** Prints where an error happened, for people who fix the program. */
export function printTrace({ stderr }: Speaker['io'], error: Error): void {
  stderr.write(`${visibleLines(error.stack ?? '')}\n`);
}
