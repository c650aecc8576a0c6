/** Cells that are cut so that a row fits a terminal. Pure. */

interface FitColumn {
  /** The width of the widest cell or the title. */
  readonly width: number;
  /** May be cut; the others never are, because people copy from them. */
  readonly isFlexible: boolean;
}

/** A cell that is cut to less tells nothing. */
const minWidth = 8;

/** Widths whose sum is at most `available`, where that can be: the widest flexible columns give first. */
export function fitWidths(columns: readonly FitColumn[], available: number): readonly number[] {
  const widths = columns.map(({ width }) => width);
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.isFlexible && width > minWidth && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

/** Cuts a text to a width, and puts `…` in the place of what is cut. */
export function cutTo(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let taken = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const more = textWidth(segment);
    if (taken + more > width - 1) break;
    cut += segment;
    taken += more;
  }
  return `${cut}…`;
}

/** How many columns of a terminal it takes. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Nearly every text. What finds the borders of characters takes longer to load than a list of them to print. */
const PRINTABLE_ASCII = /^[ -~]*$/;
/** Signs of East Asia, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
