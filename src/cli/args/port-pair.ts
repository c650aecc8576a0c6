/** `LOCAL:REMOTE` of a port-forward; `:REMOTE` or `0:REMOTE` takes a free local port, `PORT` alone the same on both sides. */
import { CliError } from '../errors.ts';

export interface PortPair {
  /** 0: one that is free. */
  readonly local: number;
  readonly remote: number;
}

export function parsePortPair(text: string): PortPair {
  const [, local, colon, remote] = /^(\d*)(?:(:)(\d+))?$/.exec(text) ?? [];
  const pair =
    colon === undefined
      ? { local: portOf(local), remote: portOf(local) }
      : { local: portOf(local), remote: portOf(remote) };
  if (!(pair.remote >= 1 && pair.remote <= 65_535 && pair.local <= 65_535))
    throw new CliError(
      'usage',
      `'${text}' is not a valid port combination: write LOCAL:REMOTE, such as 8080:80, with ports up to 65535.`,
    );
  return pair;
}

function portOf(text: string | undefined): number {
  return text === undefined ? Number.NaN : Number(text);
}
