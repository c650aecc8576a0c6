/**
 * `--env` and `--env-file` of a job: `NAME=VALUE`, `NAME=secret:key`, or `NAME` alone for the value that the variable
 * has here. Later wins over earlier, `--env` over `--env-file`.
 */
import { looksLikeSecretUri, ownValue, parseSecretUri, type SecretUri } from '../../api/index.ts';
import { CliError } from '../errors.ts';

export type EnvEntry =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly secret: SecretUri };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface EnvFile {
  readonly path: string;
  readonly text: string;
}

export function parseEnv(
  words: readonly string[],
  files: readonly EnvFile[],
  surroundings: Readonly<Record<string, string | undefined>>,
): readonly EnvEntry[] {
  const entries = new Map<string, EnvEntry>();
  const add = (word: string, where: string): void => {
    const entry = parseOne(word, where, surroundings);
    entries.delete(entry.name);
    entries.set(entry.name, entry);
  };
  for (const { path, text } of files) {
    for (const [index, line] of text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .entries()) {
      const word = line.trimStart();
      if (word.trim() !== '' && !word.startsWith('#')) add(word, `${path}:${index + 1}`);
    }
  }
  for (const word of words) add(word, '--env');
  return [...entries.values()];
}

function parseOne(word: string, where: string, surroundings: Readonly<Record<string, string | undefined>>): EnvEntry {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  // The text itself may be a value, so only a name is repeated.
  if (!NAME.test(name))
    throw new CliError(
      'value',
      `${where}: ${/^[\w .-]{1,64}$/.test(name) ? `'${name}'` : 'what stands before the ='} is no name of a variable ` +
        '(letters, digits and _, not beginning with a digit); write NAME=VALUE.',
    );
  const value = equals === -1 ? (ownValue(surroundings, name) ?? '') : word.slice(equals + 1);
  if (!looksLikeSecretUri(value)) return { name, value };
  const secret = parseSecretUri(value);
  if (secret.key === undefined)
    throw new CliError('value', `${where}: ${name} names all secrets; name one, such as ${name}=secret:key.`);
  return { name, secret };
}
