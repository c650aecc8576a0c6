import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { parseCronLine } from '../../src/api/index.ts';

const read = (text: string): string => {
  const parsed = parseCronLine(text);
  return 'line' in parsed ? `${parsed.line.fields.join(' ')}${parsed.line.needsBothDays ? ' &' : ''}` : parsed.problem;
};

describe('a schedule', () => {
  it.each([
    ['0 3 * * 1-5', '0 3 * * 1,2,3,4,5 &'],
    ['*/15 * * * *', '0,15,30,45 * * * * &'],
    ['5/20 * * * *', '5,25,45 * * * * &'],
    ['10-30/10 8-18/5 1,15 * ?', '10,20,30 8,13,18 1,15 * * &'],
    ['0 0 1 * 1', '0 0 1 * 1'],
    ['0 0 */2 * 1', `0 0 ${[1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31].join()} * 1 &`],
    ['0 0 * JAN,dec Sun-Tue', '0 0 * 1,12 0,1,2 &'],
    ['0 0 * * 7', '0 0 * * 0 &'],
    ['0 0 * * 5-7', '0 0 * * 0,5,6 &'],
    ['0 0 * * 0-6', '0 0 * * * &'],
    ['0 0 * * */2', '0 0 * * 0,2,4,6 &'],
    ['0-59 0-23 1-31 1-12 *', '* * * * * &'],
    ['@daily', '0 0 * * * &'],
    [' @Yearly ', '0 0 1 1 * &'],
  ])('%j means %j', (text, fields) => {
    expect(read(text)).toBe(fields);
  });

  it.each([
    ['', 'five fields'],
    ['* * * *', 'five fields'],
    ['* * * * * *', 'five fields'],
    ['@every 5m', 'five fields'],
    ['@reboot', 'five fields'],
    ['60 * * * *', "'60' is not valid for the minute: it is 0 to 59"],
    ['* 24 * * *', "'24' is not valid for the hour"],
    ['* * 0 * *', 'day of the month'],
    ['* * * 13 *', 'month'],
    ['* * * foo *', 'jan, feb'],
    ['* * * * 8', 'day of the week'],
    ['5-1 * * * *', 'ends before it begins'],
    ['*/0 * * * *', 'step of 0'],
    ['*-5 * * * *', 'not a range (minute)'],
    ['1, * * * *', 'numbers, lists'],
    ['1-2-3 * * * *', 'numbers, lists'],
    ['* * L * *', 'day of the month'],
    ['* * * * 5#2', 'day of the week'],
    ['* '.repeat(200), 'at most 256'],
  ])('%j is refused: %s', (text, problem) => {
    expect(read(text)).toContain(problem);
  });
});

test('any text is read or refused with a sentence', () => {
  const word = fc.stringMatching(/^[-*?,/0-9a-zA-Z#@]{0,8}$/);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 7 }), (words) => {
      const parsed = parseCronLine(words.join(' '));
      if ('line' in parsed) expect(parsed.line.fields.join(' ')).toMatch(/^(?:(?:\*|[\d,]+) ?){5}$/);
      else expect(parsed.problem).not.toBe('');
    }),
  );
});
