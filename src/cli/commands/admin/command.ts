/** `neuro admin`: people and their homes; for who may make namespaces. */
import type { Command } from 'commander';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import { collect } from '../../args/collect.ts';
import type { AddUserOptions } from './add-user.ts';
import type { RemoveUserOptions } from './remove-user.ts';

const addHelp = `
A home is a namespace that says whose it is. In it the person is an administrator; elsewhere they are nothing.
--save-kubeconfig makes a client certificate with that name: who has the file is that person until the certificate ends,
and nobody can take it back before. Without it, people log in as your cluster has it, under the same name.
`;

export function addAdminCommands(program: Command, { action }: Actions): void {
  const admin = program.command('admin').description('people and their homes, for administrators');
  addCommonOptions(admin.command('add-user'))
    .description('give a person a home, or bring it up to date')
    .argument('<user>', 'the name by which the API server knows the person')
    .option('--home <namespace>', 'default: the name of the user')
    .option('--group <name>', 'a group whose grants hold in this home too; may be repeated', collect)
    .option('--save-kubeconfig <path>', 'a kubeconfig with a new client certificate')
    .option('--valid <time>', 'how long that certificate is valid; default 365d')
    .addHelpText('after', addHelp)
    .action(action<AddUserOptions>(async (run, user = '') => (await import('./add-user.ts')).addUser(run, user)));
  addCommonOptions(admin.command('remove-user'))
    .description('take a person’s home away; the secrets stay, unless the namespace goes')
    .argument('<user>')
    .option('--delete-namespace', 'with all that is in it, secrets too')
    .option('--force', 'do not ask')
    .action(
      action<RemoveUserOptions>(async (run, user = '') => (await import('./remove-user.ts')).removeUser(run, user)),
    );
  addCommonOptions(admin.command('ls-users'), { output: true })
    .description('list people and their homes')
    .action(action(async (run) => (await import('./ls-users.ts')).listUsers(run)));
}
