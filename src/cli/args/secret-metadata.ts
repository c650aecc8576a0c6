/** `--label` and `--annotation` of the native Secret: `NAME=VALUE`; the value may be empty. */
import type { UserSecretSecretMetadata } from '../../api/index.ts';
import { CliError } from '../errors.ts';

export interface SecretMetadataOptions {
  readonly label?: readonly string[];
  readonly annotation?: readonly string[];
}

/** Undefined where none is given. */
export function parseSecretMetadata({
  label = [],
  annotation = [],
}: SecretMetadataOptions): UserSecretSecretMetadata | undefined {
  if (label.length === 0 && annotation.length === 0) return undefined;
  return {
    ...(label.length === 0 ? {} : { labels: pairsOf('--label', label) }),
    ...(annotation.length === 0 ? {} : { annotations: pairsOf('--annotation', annotation) }),
  };
}

function pairsOf(option: string, words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 1) throw new CliError('usage', `${option} takes NAME=VALUE, not '${word}'.`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}
