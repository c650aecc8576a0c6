/** `3 h ago`, `in 2 d`; below a minute it is now. */
import { texts } from '../texts.ts';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
/** The page's clock is read now and then, so what has just happened seems to lie before it. */
const clockLagSeconds = 10;

export function age(timeMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - timeMs) / 1000);
  const text = span(Math.abs(seconds));
  if (text === undefined) return seconds >= -clockLagSeconds ? texts.units.justNow : texts.units.soon;
  return seconds > 0 ? texts.units.ago(text) : texts.units.in(text);
}

/** Two units at most: `2 d 3 h`. Undefined below a minute. */
function span(seconds: number): string | undefined {
  const index = units.findIndex(([, size]) => seconds >= size);
  const largest = units[index];
  if (largest === undefined) return undefined;
  const [unit, size] = largest;
  const count = Math.floor(seconds / size);
  const [next, nextSize] = units[index + 1] ?? [];
  const rest = nextSize === undefined ? 0 : Math.floor((seconds - count * size) / nextSize);
  const whole = texts.units[unit](String(count));
  return next === undefined || rest === 0 || count >= 10 ? whole : `${whole} ${texts.units[next](String(rest))}`;
}

/** `12 s`, `3 min 5 s`, `2 h 5 min`: how long something took. */
export function took(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole >= 3_600) return span(whole) ?? '';
  const minutes = Math.floor(whole / 60);
  const rest = texts.units.second(String(whole - minutes * 60));
  return minutes === 0 ? rest : `${texts.units.minute(String(minutes))} ${rest}`;
}
