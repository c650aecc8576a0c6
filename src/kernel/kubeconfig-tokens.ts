/**
 * The tokens of a login, in the kubeconfig that they come from. Like kubectl, every command that refreshes them writes them back, because many
 * providers accept a refresh token only once. Promises: the rest of the file stays as it is, with its comments; kubectl and this code never write
 * at the same time, because both take the lock `FILE.lock`.
 */
import { open, readFile, rm } from 'node:fs/promises';
import { sleep, systemClock } from './clock.ts';
import { isFields, type Fields } from './fields.ts';
import { readKubeconfig } from './kubeconfig.ts';
import { replaceFile } from './replace-file.ts';
import { parseYamlDocument } from './yaml-documents.ts';

/** Where a user is defined: the kubeconfig file and the name in it. */
export interface UserPlace {
  readonly file: string;
  readonly user: string;
}

const lockTries = 20;
const lockPauseMs = 100;

/** Reads the tokens from the file again, because another command may have refreshed them. Empty where there are none. */
export function storedTokens({ file, user }: UserPlace): Fields {
  const authProvider = readKubeconfig(file)?.users.get(user)?.['auth-provider'];
  const config = isFields(authProvider) ? authProvider['config'] : undefined;
  return isFields(config) ? config : {};
}

export async function storeTokens({ file, user }: UserPlace, tokens: Readonly<Record<string, string>>): Promise<void> {
  await locked(file, async () => {
    const document = await parseYamlDocument(await readFile(file, 'utf8'));
    const { users } = document.toJS() as { readonly users?: unknown };
    const index = (Array.isArray(users) ? (users as readonly unknown[]) : []).findIndex(
      (entry) => isFields(entry) && entry['name'] === user,
    );
    if (index < 0) throw new Error('the user is not there any more');
    for (const [name, token] of Object.entries(tokens))
      document.setIn(['users', index, 'user', 'auth-provider', 'config', name], token);
    await replaceFile(file, document.toString({ lineWidth: 0 }));
  });
}

/** Writes under the lock. Where the folder takes no new file, it writes without one: nobody else can have the lock there. */
async function locked(file: string, write: () => Promise<void>): Promise<void> {
  const lock = `${file}.lock`;
  let isOurs = false;
  for (let tries = 1; !isOurs; tries += 1) {
    try {
      await (await open(lock, 'wx', 0)).close();
      isOurs = true;
    } catch (cause) {
      if ((cause as { readonly code?: string }).code !== 'EEXIST') break;
      if (tries === lockTries) throw new Error(`${lock} is there; if no program writes the file, remove it`);
      await sleep(lockPauseMs, { clock: systemClock });
    }
  }
  try {
    await write();
  } finally {
    if (isOurs) await rm(lock, { force: true });
  }
}
