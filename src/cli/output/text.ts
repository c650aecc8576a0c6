/** Text for people: nothing from the cluster can move the cursor or change colours. */
import type { Io } from '../io.ts';
import type { GlobalOptions } from '../options.ts';

const colours = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36, bold: 1 } as const;
export type Colour = keyof typeof colours;

/** Control characters become visible; line breaks become spaces. */
export function visible(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

export function hasColour(
  { io, options }: { readonly io: Io; readonly options: GlobalOptions },
  isTerminal: boolean,
): boolean {
  if (options.color === 'yes') return true;
  return options.color !== 'no' && isTerminal && (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb';
}

export function colourise(text: string, colour: Colour, isOn: boolean): string {
  return isOn ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
}
