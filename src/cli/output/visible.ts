/**
 * The one way of text from elsewhere to a terminal or a file: what could move the cursor, change colours, turn the direction
 * of the text or hide in it is shown as its escape, `\u001b`, and not sent. Pure.
 *
 * Shown: control characters (C0, C1), line and paragraph separators, marks of direction, characters without a width, halves of
 * surrogate pairs. Kept: what joins the parts of one emoji.
 */

const HIDDEN = String.raw`\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb`;
/** Nearly every text: nothing else needs the expressions below, which take longer to make than a short command has. */
const PRINTABLE_ASCII = /^[ -~]*$/;

let expressions: { readonly hiddenOrEmoji: RegExp; readonly anyHidden: RegExp } | undefined;

function madeExpressions(): NonNullable<typeof expressions> {
  return (expressions ??= {
    hiddenOrEmoji: new RegExp(String.raw`\p{RGI_Emoji}|[${HIDDEN}]`, 'gv'),
    anyHidden: new RegExp(`[${HIDDEN}]`, 'v'),
  });
}

/** The text on one line: line breaks and tabs become a space. */
export function visible(text: string): string {
  return shown(text.replace(/[\r\n\t]+/g, ' '));
}

/** Line by line: line breaks and tabs stay. */
export function visibleLines(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .split(/([\n\t])/)
    .map((part) => (part === '\n' || part === '\t' ? part : shown(part)))
    .join('');
}

/** The escape that JSON and YAML use for such a character between double quotes, so that programs read the same text. */
function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}

/** Whether there is anything in it that `visibleLines` would show. */
export function hidesSomething(text: string): boolean {
  return visibleLines(text) !== text;
}

function shown(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  const { hiddenOrEmoji, anyHidden } = madeExpressions();
  // Most texts have none, and the longer expression takes time.
  if (!anyHidden.test(text)) return text;
  return text.replace(hiddenOrEmoji, (found) => (anyHidden.test(firstOf(found)) ? escaped(found) : found));
}

function firstOf(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}
