/** `neuro admin`: people and their homes, for administrators who may create namespaces. */
import type { Command } from 'commander';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import { collect } from '../../args/collect.ts';
import type { AddUserOptions } from './add-user.ts';
import type { CreateRecoveryKeyOptions } from './create-recovery-key.ts';
import type { RemoveUserOptions } from './remove-user.ts';
import type { RecoveryOptions } from '../../secrets/recovery-keys.ts';

const addHelp = `
A home is a namespace with the annotation neu.ro/user. The person is an administrator of it, and has no access elsewhere.
--save-kubeconfig creates a client certificate with that name: anyone with the file acts as that person until the
certificate expires, and it cannot be revoked. Without it, people log in as your cluster requires, under the same name.
`;

const recoveryHelp = `
A recovery key opens what was sealed for it when every cluster is lost. It belongs to no cluster, and no machine
keeps it: create prints 24 words once, for you to write down, and writes the public half to a file. Keep the file in
git, and give its entry to the operator (sealing.recoveryKeys of the chart): then every value is sealed for it. Or seal
for it as for a cluster: --for FILE of neuro secret add, seal and reseal.

restore reads the words from standard input, also as a scanner reads the QR code, and rewrites the YAML files of a
folder: it seals each sealed UserSecret in them again, for the cluster of the context and for the recovery keys. No
value is shown or sent to the cluster.
`;

export function addAdminCommands(program: Command, { action }: Actions): void {
  const admin = program.command('admin').description('manage people and their homes, for administrators');
  addCommonOptions(admin.command('add-user'))
    .description('create a home for a person, or update it')
    .argument('<user>', 'the user name that the API server has for the person')
    .option('--home <namespace>', 'default: the name of the user')
    .option('--group <name>', 'a group whose grants apply to this home too; can be repeated', collect)
    .option('--save-kubeconfig <path>', 'write a kubeconfig with a new client certificate')
    .option('--valid <time>', 'validity of the certificate; default 365d')
    .addHelpText('after', addHelp)
    .action(action<AddUserOptions>(async (run, user = '') => (await import('./add-user.ts')).addUser(run, user)));
  addCommonOptions(admin.command('remove-user'))
    .description('remove the home of a person; the secrets stay unless the namespace is deleted')
    .argument('<user>')
    .option('--delete-namespace', 'delete the namespace with everything in it, secrets too')
    .option('--force', 'do not ask')
    .action(
      action<RemoveUserOptions>(async (run, user = '') => (await import('./remove-user.ts')).removeUser(run, user)),
    );
  const recovery = admin.command('recovery-key').description('a key on paper, for when every cluster is lost');
  addCommonOptions(recovery.command('create'))
    .description('print a new key once as 24 words, and write its public half to a file')
    .argument('[file]', 'a new file; default: recovery-key.json')
    .option('--qr', 'print the words as a QR code, too')
    .addHelpText('after', recoveryHelp)
    .action(
      action<CreateRecoveryKeyOptions>(async (run, file = 'recovery-key.json') =>
        (await import('./create-recovery-key.ts')).createRecoveryKey(run, file),
      ),
    );
  addCommonOptions(recovery.command('restore'))
    .description('seal what a folder of manifests has for the recovery key again, for this cluster')
    .argument('<folder>', 'YAML files, also in folders below')
    .option('--no-recovery', 'seal for this cluster and the key of the words alone')
    .addHelpText('after', recoveryHelp)
    .action(
      action<RecoveryOptions>(async (run, folder = '') =>
        (await import('./restore-from-recovery-key.ts')).restoreTree(run, folder),
      ),
    );
  addCommonOptions(admin.command('ls-users'), { output: true })
    .description('list people and their homes')
    .action(action(async (run) => (await import('./ls-users.ts')).listUsers(run)));
}
