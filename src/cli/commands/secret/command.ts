/** `neuro secret`: the words and flags; what they do is loaded when it is asked for. */
import type { Command } from 'commander';
import type { Actions } from '../../actions.ts';
import { collect } from '../../args/collect.ts';
import { watching, type WatchOptions } from '../../watching.ts';
import { addCommonOptions } from '../../options.ts';
import type { AddOptions } from './add.ts';
import type { ExecOptions } from './exec.ts';
import type { GetOptions } from './get.ts';
import type { ImportOptions } from './import.ts';
import type { PurgeOptions } from './history.ts';
import type { ManifestOptions } from './manifest.ts';
import type { ListOptions } from './ls.ts';
import type { RemoveOptions } from './rm.ts';
import type { RollbackOptions } from './rollback.ts';

const valueHelp = `
VALUE is the value itself, @path for the bytes of a file, - for standard input, @@text for a value that
begins with '@'. Without it the value is asked for twice and not shown, which keeps it out of the history
of the shell. One final line break of standard input is taken off, and told; --raw keeps it.
`;

const importHelp = `
A .env file, UTF-8: KEY=VALUE lines, # comments (after a space also behind a value), export before KEY. 'VALUE' and
\`VALUE\` stand as they are, over several lines too; "VALUE" knows \\n \\r \\t \\" \\\\ \\$ \\\`. A $NAME is not replaced. Of a
key that stands twice the last one counts. Objects: YAML or JSON as from kubectl get secret -o yaml, one, several or a
List. Of several Secrets with one key none is taken, unless --prefix '{name}.' puts the name of its Secret before each.
What cannot be imported is listed, and the exit code is then not 0; --dry-run says the same and changes nothing.
A SealedSecret stays sealed: the operator must have the key that it was sealed with.
`;

const historyHelp = `
Former values are Secrets of the namespace: anyone who can read Secrets there can read them. spec.history.keep of the
UserSecret says how many are kept. A key that is called diff or purge is written secret:purge.
`;

const execHelp = `
neuro secret exec --env PGPASSWORD=secret:db-password -- psql -h db
The values are in the environment of the command and nowhere else. Its exit code is the command's, and signals are
passed on. Quote a $NAME, or your shell replaces it before: sh -c 'echo "$NAME"'.
`;

export function addSecretCommands(program: Command, { action }: Actions): void {
  const secret = program.command('secret').description('keep secrets: add, list, read, remove');

  addCommonOptions(secret.command('add'))
    .description('add a secret, or replace its value')
    .argument('<key>', 'its name: A-Z a-z 0-9 _ . -')
    .argument('[value]', 'VALUE, @path, - or @@text')
    .option('--raw', 'keep the final line break of standard input')
    .option('--description <text>', 'what it is for')
    .addHelpText('after', valueHelp)
    .action(action<AddOptions>(async (run, key = '', value) => (await import('./add.ts')).addSecret(run, key, value)));

  addCommonOptions(secret.command('ls'), { output: true })
    .alias('list')
    .description('list my secrets and those shared with me')
    .option('--mine', 'only mine')
    .option('--shared-with-me', 'only those of others')
    .option('--full-uri', 'URIs with the name of the cluster')
    .option('--watch', 'again whenever it changes, until Ctrl-C')
    .action(
      action<ListOptions & WatchOptions>(async (run) => (await watching())(run, (await import('./ls.ts')).listSecrets)),
    );

  addCommonOptions(secret.command('get'))
    .description('print the value of one of my secrets, byte for byte')
    .argument('<key>')
    .option('-f, --file <path>', 'write it into a file that only you can read')
    .option('--version <version>', 'a former value: its version, or the first digits')
    .action(action<GetOptions>(async (run, key = '') => (await import('./get.ts')).getSecret(run, key)));

  addCommonOptions(secret.command('rm'))
    .description('remove secrets, and the grants that neuro made for them')
    .argument('<keys...>')
    .option('--force', 'neither ask nor warn')
    .action(action<RemoveOptions>(async (run, ...keys) => (await import('./rm.ts')).removeSecrets(run, keys)));

  addCommonOptions(secret.command('seal'), { output: true })
    .description('print a sealed manifest for git; nothing is created')
    .argument('<key>')
    .argument('[value]', 'VALUE, @path, - or @@text')
    .option('--raw', 'keep the final line break of standard input')
    .option('--description <text>', 'what it is for')
    .addHelpText('after', valueHelp)
    .action(
      action<AddOptions>(async (run, key = '', value) => (await import('./seal.ts')).sealSecret(run, key, value)),
    );

  addCommonOptions(secret.command('usage'), { output: true })
    .description('show who may use a secret, and which jobs do')
    .argument('<key>')
    .action(action(async (run, key = '') => (await import('./usage.ts')).secretUsage(run, key)));

  addCommonOptions(secret.command('reseal'))
    .description('seal my secrets again with the newest key of the cluster; their values stay')
    .argument('[keys...]', 'default: those that were sealed with an older key')
    .action(action(async (run, ...keys) => (await import('./reseal.ts')).resealSecrets(run, keys)));

  addCommonOptions(secret.command('import'))
    .description('take many secrets over: from a .env file, a native Secret or a SealedSecret')
    .argument('[source]', 'a file, or - for standard input')
    .option('--from-secret <name>', 'the native Secret of that name in the namespace')
    .option('--from-sealed-secret <name>', 'the SealedSecret of that name; its values stay sealed')
    .option('--format <format>', 'env or objects; default: what it looks like')
    .option('--prefix <text>', 'put before every key; {name} is the name of its Secret')
    .option('--dry-run', 'tell what would be imported; change nothing')
    .addHelpText('after', importHelp)
    .action(action<ImportOptions>(async (run, source) => (await import('./import.ts')).importSecrets(run, source)));

  addCommonOptions(secret.command('manifest'), { output: true })
    .description('print my secrets as manifests for git, values sealed')
    .argument('[keys...]', 'default: all of mine')
    .option('--dir <folder>', 'a file for each, in this folder')
    .option('--to <namespace>', 'seal them for another namespace')
    .option('--grants', 'the grants too')
    .action(action<ManifestOptions>(async (run, ...keys) => (await import('./manifest.ts')).secretManifest(run, keys)));

  addCommonOptions(secret.command('exec'))
    .description('run a command of this machine with my secrets as variables')
    .argument('<command...>')
    .passThroughOptions()
    .option('-e, --env <var>', 'NAME=secret:KEY, NAME=VALUE, or NAME for the value it has here', collect)
    .option('--env-file <path>', 'a .env file of such lines; NAME=secret:KEY works there, too', collect)
    .addHelpText('after', execHelp)
    .action(action<ExecOptions>(async (run, ...words) => (await import('./exec.ts')).execWithSecrets(run, words)));

  addCommonOptions(secret.command('rotate'))
    .description('make a new value for a generated secret, now')
    .argument('<key>')
    .action(action(async (run, key = '') => (await import('./rotate.ts')).rotateSecret(run, key)));

  addHistoryCommands(secret, action);
}

function addHistoryCommands(secret: Command, action: Actions['action']): void {
  addCommonOptions(secret.command('log'), { output: true })
    .description('show who changed, shared and used a secret, as far as the cluster still knows')
    .argument('<key>')
    .action(action(async (run, key = '') => (await import('./log.ts')).logSecret(run, key)));

  const history = addCommonOptions(secret.command('history'), { output: true })
    .description('list the versions of a value: when, by whom; without any value')
    .argument('<key>')
    .addHelpText('after', historyHelp)
    .action(action(async (run, key = '') => (await import('./history.ts')).secretHistory(run, key)));

  addCommonOptions(history.command('diff'), { output: true })
    .description('compare two versions by hash and size; exit code 1 where they differ')
    .argument('<key>')
    .argument('<version>')
    .argument('<other>')
    .action(
      action(async (run, key = '', one = '', other = '') =>
        (await import('./history.ts')).diffVersions(run, key, one, other),
      ),
    );

  addCommonOptions(history.command('purge'))
    .description('delete all former values for good, as after a leak')
    .argument('<key>')
    .option('--force', 'do not ask')
    .action(action<PurgeOptions>(async (run, key = '') => (await import('./history.ts')).purgeHistory(run, key)));

  addCommonOptions(secret.command('rollback'))
    .description('put a former value in force again, sealed')
    .argument('<key>')
    .requiredOption('--to <version>', 'the version, or its first digits')
    .action(action<RollbackOptions>(async (run, key = '') => (await import('./rollback.ts')).rollbackSecret(run, key)));
}
