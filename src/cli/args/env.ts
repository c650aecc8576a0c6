/**
 * `--env` and `--env-file` of a job or a local command: `NAME=VALUE`, `NAME=secret:key`, or `NAME` alone for the value that the
 * variable has here. Later wins over earlier, `--env` over `--env-file`. A file is read as every other (src/client/env-file.ts).
 */
import { ApiError, looksLikeSecretUri, ownValue } from '../../api/index.ts';
import { isVariableName, readEnvFile } from '../../client/index.ts';
import { CliError } from '../errors.ts';
import { readNamedFile } from './named-file.ts';
import { parseSecretPart, type SecretPartUri } from './secret-part.ts';

export type EnvEntry =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly secret: SecretPartUri };

interface EnvSource {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Assignment {
  readonly where: string;
  readonly name: string;
  /** Undefined for a name alone. */
  readonly value: string | undefined;
}

const variableRule = 'letters, digits and _, not beginning with a digit';

/** The files of `--env-file`, in the order in which they were given. */
export function readEnvSources(paths: readonly string[]): Promise<readonly EnvSource[]> {
  return Promise.all(paths.map(async (path) => ({ path, bytes: await readNamedFile(path) })));
}

export function parseEnv(
  words: readonly string[],
  files: readonly EnvSource[],
  surroundings: Readonly<Record<string, string | undefined>>,
): readonly EnvEntry[] {
  const entries = new Map<string, EnvEntry>();
  for (const assignment of [...files.flatMap(assignmentsIn), ...words.map(assignmentOf)]) {
    entries.delete(assignment.name);
    entries.set(assignment.name, entryOf(assignment, surroundings));
  }
  return [...entries.values()];
}

/** One problem is enough to stop: a job with half of its variables helps nobody. */
function assignmentsIn({ path, bytes }: EnvSource): readonly Assignment[] {
  const { entries, problems, refusal } = readEnvFile(bytes, { nameProblem: variableProblem });
  if (refusal !== undefined) throw new CliError('illegalArgument', `${path}: ${refusal}.`);
  const [first, ...more] = problems.filter(({ isRepeated }) => isRepeated !== true);
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` (the same file has ${more.length} more such lines)`;
    throw new CliError('value', `${path}:${first.line}: ${first.why}${others}.`);
  }
  return entries.map(({ name, value, line }) => ({ where: `${path}:${line}`, name, value }));
}

function assignmentOf(word: string): Assignment {
  const equals = word.indexOf('=');
  const name = equals === -1 ? word : word.slice(0, equals);
  // The text itself may be a value, so only a name is repeated.
  if (!isVariableName(name))
    throw new CliError(
      'value',
      `--env: ${/^[\w .-]{1,64}$/.test(name) ? `'${name}'` : 'what stands before the ='} is not the name of a variable ` +
        `(${variableRule}); write NAME=VALUE.`,
    );
  return { where: '--env', name, value: equals === -1 ? undefined : word.slice(equals + 1) };
}

function variableProblem(name: string): string | undefined {
  return isVariableName(name) ? undefined : `'${name}' is not the name of a variable (${variableRule}).`;
}

function entryOf(
  { where, name, value }: Assignment,
  surroundings: Readonly<Record<string, string | undefined>>,
): EnvEntry {
  const text = value ?? ownValue(surroundings, name) ?? '';
  if (!looksLikeSecretUri(text)) return { name, value: text };
  const secret = secretAt(where, text);
  if (secret.key === undefined)
    throw new CliError('value', `${where}: ${name} names all secrets; name one, such as ${name}=secret:key.`);
  return { name, secret };
}

function secretAt(where: string, text: string): SecretPartUri {
  try {
    return parseSecretPart(text);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new CliError('value', `${where}: ${error.message}`, { cause: error });
  }
}
