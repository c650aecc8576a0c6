/**
 * Durations as people write them: `1d2h3m4s`, parts may be missing, above zero. The limits are the CRDs'.
 */
import { ApiError } from './errors.ts';

const PATTERN = /^(?:(\d{1,5})d)?(?:(\d{1,7})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?$/;
const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** Whole seconds, above zero. Throws `InvalidDuration`. */
export function parseDurationSeconds(text: string): number {
  const parts = PATTERN.exec(text);
  if (text === '' || parts === null) {
    throw invalid(text, 'is not a duration');
  }
  const seconds = UNITS.reduce((sum, [, unitSeconds], index) => sum + Number(parts[index + 1] ?? 0) * unitSeconds, 0);
  if (seconds === 0) throw invalid(text, 'is zero');
  return seconds;
}

export function isDuration(text: string): boolean {
  return PATTERN.test(text) && /[1-9]/.test(text);
}

function invalid(text: string, problem: string): ApiError {
  return new ApiError(
    'InvalidDuration',
    `${JSON.stringify(text)} ${problem}; write it like 1d2h3m4s (days, hours, minutes, seconds; parts may be missing), above zero.`,
  );
}
