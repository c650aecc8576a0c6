/** What bytes are, in words; and text that may be shown: control characters made visible, escape codes of terminals taken off. */
import { numberText } from '../language/local.ts';
import { texts } from '../texts.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const terminalCodes =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g;

const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const binaryControls = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/;

/** The text, where the bytes are UTF-8 that people can read; undefined for binary. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = strict.decode(bytes);
    return binaryControls.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Without the codes that move cursors, colour, or write to clipboards; what is left of control characters is shown as a sign. */
export function withoutTerminalCodes(text: string): string {
  return visibleControls(text.replace(terminalCodes, ''));
}

/** Control characters and marks of direction as visible signs; tabs and line breaks stay. */
export function visibleControls(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.charCodeAt(0);
    if (code === 0x0d) return '';
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

export function size(bytes: number): string {
  if (bytes < 1024) return texts.units.bytes(bytes);
  if (bytes < 1024 * 1024) return `${numberText(bytes / 1024, 1)} KiB`;
  return `${numberText(bytes / 1024 / 1024, 2)} MiB`;
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
