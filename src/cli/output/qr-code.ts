/**
 * A text as a QR code of half blocks, two rows of modules in one line. Black on white where there are colours, whatever the colours of the terminal;
 * else the characters are the dark modules, as on paper.
 */
import { hasColour } from './colour.ts';
import { warn, type Speaker } from './say.ts';

/** Scanners need four light modules around the code. */
const border = 4;
const blackOnWhite = '\u001b[38;5;16;48;5;231m';
const reset = '\u001b[0m';

export async function printQrCode(speaker: Speaker, text: string): Promise<void> {
  // Loaded here: other commands do without it.
  const { encode } = await import('uqr');
  const { data } = encode(text, { ecc: 'M', border });
  const { io } = speaker;
  const isColoured = hasColour(speaker, io.isOutputTerminal);
  const lines = halfBlocks(data).map((line) => (isColoured ? `${blackOnWhite}${line}${reset}` : line));
  io.stdout.write(`${lines.join('\n')}\n`);
  if (io.isOutputTerminal && io.columns < data.length)
    warn(speaker, `The QR code is ${String(data.length)} columns wide, and the terminal has ${String(io.columns)}.`);
}

function halfBlocks(modules: readonly (readonly boolean[])[]): readonly string[] {
  return Array.from({ length: Math.ceil(modules.length / 2) }, (_, line) => {
    const [upper = [], lower = []] = [modules[2 * line], modules[2 * line + 1]];
    return upper
      .map((isUpperDark, column) => blocks[Number(isUpperDark) + 2 * Number(lower[column] ?? false)])
      .join('');
  });
}

/** The characters for two modules, one above the other. The index is the sum of 1 for a dark upper module and 2 for a dark lower one. */
const blocks = [' ', '▀', '▄', '█'] as const;
