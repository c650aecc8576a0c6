/** Options that mean nothing beside another one: each is refused by its name, so that none is ignored without a word. */
import { CliError } from '../errors.ts';

/** `why` is a half-sentence about what was typed, without a full stop; `names` are the options as commander calls them. */
export function refuseBeside<T extends object>(options: T, why: string, names: readonly (keyof T & string)[]): void {
  const typed = names.filter((name) => isTyped(name, options[name])).map((name) => flagOf(name));
  if (typed.length > 0) throw new CliError('usage', `${why}: leave out ${typed.join(', ')}.`);
}

/** The option of `--no-recovery` is true unless that is typed. */
function isTyped(name: string, value: unknown): boolean {
  return name === 'recovery' ? value === false : value !== undefined && value !== false;
}

function flagOf(name: string): string {
  return name === 'recovery' ? '--no-recovery' : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
