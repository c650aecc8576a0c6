/**
 * Takes the values of secrets out of a text that a container left behind. Pure.
 *
 * Promise: every whole value of four bytes or more, its lines of eight or more, and its usual encodings (base64 in both
 * alphabets, hexadecimal, percent, JSON) are replaced by a mark; so is a part of one at the start or end of the text,
 * where the kubelet cut it. Not promised: that a program which changes a value in some other way is seen through.
 */
const mark = '[redacted]';
/** Shorter ones are found in ordinary words. */
const shortestValue = 4;
const shortestLine = 8;
/** Of a longer value, lines are only found where they are whole lines of the text too: looking for each takes too long. */
const longestSplitBytes = 64 * 1024;

export function redact(text: string, values: readonly Uint8Array[]): string {
  const forms = [...new Set(values.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  let cleared = cutEnds(clearLines(text, values), forms);
  for (const form of forms) cleared = cleared.replaceAll(form, mark);
  return cleared;
}

function formsOf(bytes: Uint8Array): readonly string[] {
  if (bytes.byteLength < shortestValue) return [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  const lines =
    bytes.byteLength > longestSplitBytes ? [] : text.split(/\r?\n/).filter((line) => line.length >= shortestLine);
  return [
    text,
    text.trim(),
    ...lines,
    ...lines.map((line) => line.trim()),
    JSON.stringify(text).slice(1, -1),
    percentEncoded(text),
    buffer.toString('hex'),
    buffer.toString('hex').toUpperCase(),
    buffer.toString('base64'),
    buffer.toString('base64').replace(/=+$/, ''),
    buffer.toString('base64url'),
    // With the line end that `echo` puts behind it.
    Buffer.concat([buffer, Buffer.from('\n')]).toString('base64'),
  ].filter((form) => form.length >= shortestValue);
}

/** Lines of the text that stand somewhere in a value as they are. */
function clearLines(text: string, values: readonly Uint8Array[]): string {
  const wholes = values.map((value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'));
  const isPart = (line: string): boolean => line.length >= shortestLine && wholes.some((whole) => whole.includes(line));
  return text
    .split('\n')
    .map((line) => (isPart(line.trim()) ? mark : line))
    .join('\n');
}

/** Of a value that was cut, the text begins with its end or ends with its beginning. */
function cutEnds(text: string, forms: readonly string[]): string {
  let cleared = text;
  for (const form of forms) {
    const length = overlap(form, cleared, (size) => cleared.startsWith(form.slice(form.length - size)));
    if (length >= shortestValue) cleared = mark + cleared.slice(length);
  }
  for (const form of forms) {
    const length = overlap(form, cleared, (size) => cleared.endsWith(form.slice(0, size)));
    if (length >= shortestValue) cleared = cleared.slice(0, cleared.length - length) + mark;
  }
  return cleared;
}

/** The longest size below the whole form for which `fits` holds; 0 if none. */
function overlap(form: string, text: string, fits: (size: number) => boolean): number {
  for (let size = Math.min(form.length - 1, text.length); size >= shortestValue; size -= 1) if (fits(size)) return size;
  return 0;
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '';
  }
}
