/** `neuro secret`: the words and flags; what they do is loaded when it is asked for. */
import type { Command } from 'commander';
import type { Actions } from '../../program.ts';
import { addCommonOptions } from '../../options.ts';
import type { AddOptions } from './add.ts';
import type { GetOptions } from './get.ts';
import type { ListOptions } from './ls.ts';
import type { RemoveOptions } from './rm.ts';

const valueHelp = `
VALUE is the value itself, @path for the bytes of a file, - for standard input, @@text for a value that
begins with '@'. Without it the value is asked for twice and not shown, which keeps it out of the history
of the shell. One final line break of standard input is taken off, and told; --raw keeps it.
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
    .action(action<ListOptions>(async (run) => (await import('./ls.ts')).listSecrets(run)));

  addCommonOptions(secret.command('get'))
    .description('print the value of one of my secrets, byte for byte')
    .argument('<key>')
    .option('-f, --file <path>', 'write it into a file that only you can read')
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

  addCommonOptions(secret.command('rotate'))
    .description('make a new value for a generated secret, now')
    .argument('<key>')
    .action(action(async (run, key = '') => (await import('./rotate.ts')).rotateSecret(run, key)));
}
