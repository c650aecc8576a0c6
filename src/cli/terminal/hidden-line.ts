/**
 * One line of keys that nobody sees, and the keys that edit it. Pure.
 *
 * What is pasted stands as it is, over several lines too: the terminal says where a paste begins and ends (it is asked to), so
 * a line break in it does not end the line, and its rest does not fall into the shell.
 */

export type HiddenLineEnd = 'entered' | 'interrupted' | 'ended';

interface HiddenLine {
  /** Takes keys until one ends the line; the keys after it stay for the next line. */
  take(keys: string): { readonly end: HiddenLineEnd | undefined; readonly rest: string };
  readonly text: string;
}

const pasteBegins = '\u001b[200~';
const pasteEnds = '\u001b[201~';
/** Arrows and the like, which mean nothing here; and the beginning of one. */
const SEQUENCE = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O[ -~]|[^[O])/;
const BEGINNING = /^\u001b(?:\[[0-?]*[ -/]*|O)?$/;
const keysOf = {
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  ctrlU: '\u0015',
  backspace: ['\u007f', '\b'],
  enter: ['\r', '\n'],
} as const;

export function createHiddenLine(): HiddenLine {
  let text = '';
  let isPasting = false;
  let unfinished = '';
  return {
    get text() {
      return text;
    },
    take(keys) {
      let left = unfinished + keys;
      unfinished = '';
      while (left !== '') {
        if (isPasting) {
          const end = left.indexOf(pasteEnds);
          if (end === -1) {
            // The mark itself may come in two parts.
            const safe = Math.max(0, left.length - pasteEnds.length + 1);
            const mark = left.indexOf('\u001b', safe);
            const cut = mark === -1 ? left.length : mark;
            text += left.slice(0, cut);
            unfinished = left.slice(cut);
            break;
          }
          text += left.slice(0, end);
          text = text.replace(/\r\n?/g, '\n');
          left = left.slice(end + pasteEnds.length);
          isPasting = false;
          continue;
        }
        if (left.startsWith(pasteBegins)) {
          left = left.slice(pasteBegins.length);
          isPasting = true;
          continue;
        }
        if (BEGINNING.test(left)) {
          unfinished = left;
          break;
        }
        const [sequence] = SEQUENCE.exec(left) ?? [];
        const key = sequence ?? String.fromCodePoint(left.codePointAt(0) ?? 0);
        left = left.slice(key.length);
        if (key === keysOf.ctrlC) return { end: 'interrupted', rest: left };
        if ((keysOf.enter as readonly string[]).includes(key)) return { end: 'entered', rest: left };
        if (key === keysOf.ctrlD && text === '') return { end: 'ended', rest: left };
        if ((keysOf.backspace as readonly string[]).includes(key)) text = withoutLast(text);
        else if (key === keysOf.ctrlU) text = '';
        else if (sequence === undefined && !/^\p{Cc}$/u.test(key)) text += key;
        else if (key === '\t') text += key;
      }
      return { end: undefined, rest: '' };
    },
  };
}

function withoutLast(text: string): string {
  return [...new Intl.Segmenter().segment(text)]
    .slice(0, -1)
    .map(({ segment }) => segment)
    .join('');
}
