/** A duration that an option gives. */
import { isDuration, parseDurationSeconds } from '../../api/index.ts';
import { CliError } from '../errors.ts';

/** Throws what the option expects. Above zero. */
export function checkDuration(flag: string, text: string): void {
  if (isDuration(text)) return;
  throw new CliError('usage', `${flag} '${text}' is not a duration: write it like 10m, 2h30m or 1d.`);
}

export function durationMs(flag: string, text: string): number {
  checkDuration(flag, text);
  return parseDurationSeconds(text) * 1000;
}
