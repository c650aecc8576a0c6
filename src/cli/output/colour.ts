/** Colours, where they are wanted. */
import type { Io } from '../io.ts';
import type { GlobalOptions } from '../options.ts';

const colours = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36, bold: 1 } as const;
export type Colour = keyof typeof colours;

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
