/** The secrets that the words of a command line name. A word that can name none is refused before anything is connected. */
import type { Connection } from '../connect/connection.ts';
import type { Invocation } from '../factory.ts';
import { homeOf } from '../homes/home.ts';
import { parseKeyOrUri, type NamedSecret } from './find-secret.ts';

export async function secretNamed(
  run: Invocation,
  text: string,
): Promise<{ readonly connection: Connection; readonly named: NamedSecret }> {
  checkWords([text]);
  const connection = await run.connect();
  return { connection, named: parseKeyOrUri(text, await homeOf(connection, run.options), connection.clusterName) };
}

export async function secretsNamed(
  run: Invocation,
  texts: readonly string[],
): Promise<{ readonly connection: Connection; readonly home: string; readonly names: readonly NamedSecret[] }> {
  checkWords(texts);
  const connection = await run.connect();
  const home = await homeOf(connection, run.options);
  return { connection, home, names: texts.map((text) => parseKeyOrUri(text, home, connection.clusterName)) };
}

/** All that can be known without the cluster. */
export function checkWords(texts: readonly string[]): void {
  for (const text of texts) parseKeyOrUri(text, '', undefined);
}
