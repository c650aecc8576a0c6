/** Output that is copied in pieces and after cuts comes out once, byte for byte. */
import { describe, expect, test } from 'vitest';
import { createLogCursor } from '../../src/client/index.ts';
import { seededRandom } from '../support/seeded-random.ts';

const time = (second: number, nano = 0): string =>
  `2026-11-25T10:00:${String(second).padStart(2, '0')}.${String(nano).padStart(9, '0')}Z`;

interface Line {
  readonly at: string;
  readonly text: string;
}

/** As the API server answers: from the whole second of `since` on. */
function answer(lines: readonly Line[], since?: string): Buffer {
  const from = since?.replace(/\.\d+/, '').slice(0, 19) ?? '';
  return Buffer.from(
    lines
      .filter(({ at }) => at.slice(0, 19) >= from)
      .map(({ at, text }) => `${at} ${text}`)
      .join(''),
  );
}

describe('a copy without a cut', () => {
  test.each<[string, string, string]>([
    ['takes the times off', `${time(1)} a\n${time(2)} b\n`, 'a\nb\n'],
    ['keeps an end without a line break', `${time(1)} a`, 'a'],
    ['keeps empty lines and spaces', `${time(1)} \n${time(1)}   a b\n`, '\n  a b\n'],
    ['keeps a text that looks like a time', `${time(1)} ${time(3)} a\n`, `${time(3)} a\n`],
    ['passes the lines of a node that writes no times', 'to do: a\nfailed to b\n', 'to do: a\nfailed to b\n'],
    ['takes a time of another zone', '2026-11-25T10:00:00.000000001+02:00 a\n', 'a\n'],
  ])('%s', (_name, text, expected) => {
    for (const size of [1, 7, 1000]) expect(copied(Buffer.from(text), size)).toBe(expected);
  });

  test('keeps the times where they are wanted', () => {
    const cursor = createLogCursor({ keepTimes: true });
    cursor.begin();
    expect(Buffer.from(cursor.take(Buffer.from(`${time(1)} a\n`))).toString()).toBe(`${time(1)} a\n`);
  });

  test('keeps bytes that are no text', () => {
    const bytes = Buffer.from([0, 255, 10, 13, 10, 128]);
    const cursor = createLogCursor();
    cursor.begin();
    // Three lines, as the node splits them.
    const lines = [bytes.subarray(0, 3), bytes.subarray(3, 5), bytes.subarray(5)];
    const text = Buffer.concat(lines.flatMap((line) => [Buffer.from(`${time(1)} `), line]));
    expect(Buffer.from(cursor.take(text)).equals(bytes)).toBe(true);
  });
});

describe('what the node itself writes into the response', () => {
  test.each<[string, string, string, string | undefined]>([
    [
      'after lines',
      `${time(1)} a\nfailed to watch: too many open files`,
      'a\n',
      'failed to watch: too many open files',
    ],
    ['after lines, in any words', `${time(1)} a\nEOF\n`, 'a\n', 'EOF'],
    ['in their place', 'failed to open log file "/var/log/x"\n', '', 'failed to open log file "/var/log/x"'],
    [
      'of a container that is gone',
      'unable to retrieve container logs for containerd://1',
      '',
      'unable to retrieve container logs for containerd://1',
    ],
    ['nothing: a program may say the same', `${time(1)} failed to a\n`, 'failed to a\n', undefined],
    ['nothing: a line without its break', `${time(1)} a`, 'a', undefined],
  ])('%s', (_name, text, expected, message) => {
    for (const size of [1, 7, 1000]) {
      const cursor = createLogCursor();
      expect(copied(Buffer.from(text), size, cursor)).toBe(expected);
      expect(cursor.nodeMessage).toBe(message);
    }
  });

  test('is forgotten when reading begins again', () => {
    const cursor = createLogCursor();
    copied(Buffer.from(`${time(1)} a\nfailed to watch\n`), 1000, cursor);
    expect(copied(Buffer.from(`${time(1)} a\n${time(2)} b\n`), 1000, cursor)).toBe('b\n');
    expect(cursor.nodeMessage).toBeUndefined();
  });

  test('takes no memory without a bound', () => {
    const cursor = createLogCursor();
    copied(Buffer.from(`failed ${'x'.repeat(100_000)}`), 1000, cursor);
    expect(cursor.nodeMessage?.length).toBeLessThan(2_000);
  });
});

describe('a copy that is cut anywhere', () => {
  const random = seededRandom(7);
  const lines: Line[] = [];
  for (let index = 0; index < 60; index += 1) {
    // Some lines have one time, as a fast container prints them; some are alike.
    const at = time(Math.floor(index / 12), Math.floor(index / 3));
    lines.push({ at, text: `${'x'.repeat(Math.floor(random() * 20))}${String(index % 5)}\n` });
  }
  const whole = lines.map(({ text }) => text).join('');

  test('continues without a loss and without a repeat', () => {
    for (let round = 0; round < 300; round += 1) {
      const cursor = createLogCursor();
      let out = '';
      for (let cuts = 0; ; cuts += 1) {
        const bytes = answer(lines, cursor.lastTime);
        const end = cuts > 6 ? bytes.length : Math.floor(random() * (bytes.length + 1));
        cursor.begin();
        for (let at = 0; at < end; at += 17)
          out += Buffer.from(cursor.take(bytes.subarray(at, Math.min(end, at + 17)))).toString();
        if (cuts > 6) break;
      }
      expect(out).toBe(whole);
    }
  });

  test('continues with what is left when the last line was rotated away', () => {
    const cursor = createLogCursor();
    cursor.begin();
    cursor.take(answer(lines.slice(0, 5)));
    cursor.begin();
    expect(Buffer.from(cursor.take(answer(lines.slice(20)))).toString()).toBe(
      lines
        .slice(20)
        .map(({ text }) => text)
        .join(''),
    );
  });
});

function copied(bytes: Buffer, size: number, cursor = createLogCursor()): string {
  cursor.begin();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(cursor.take(bytes.subarray(at, at + size)));
  return Buffer.concat(parts).toString();
}
