/** `neuro secret`: the words and flags; what they do is loaded when it is asked for. */
import type { Command } from 'commander';
import type { Actions } from '../../actions.ts';
import { copySentence } from '../../../client/index.ts';
import { collect } from '../../args/collect.ts';
import { watching, type WatchOptions } from '../../watching.ts';
import { addCommonOptions } from '../../options.ts';
import type { AdoptOptions } from './adopt.ts';
import type { AddOptions } from './add.ts';
import type { ExecOptions } from './exec.ts';
import type { ComposeOptions } from './compose.ts';
import type { GetOptions } from './get.ts';
import type { ImportOptions } from './import.ts';
import type { PurgeOptions } from './history.ts';
import type { ManifestOptions } from './manifest.ts';
import type { ListOptions } from './ls.ts';
import type { RecipientOptions } from '../../secrets/recipients.ts';
import type { RemoveOptions } from './rm.ts';
import type { RotateOptions } from './rotate.ts';
import type { RollbackOptions } from './rollback.ts';
import type { SealOptions } from './seal.ts';

const valueHelp = `
VALUE is the value itself, @path for the bytes of a file, - for standard input, @@text for a value that
begins with '@'. Without it you type the value twice; it is not shown, and stays out of the history of the shell.
One final line break of standard input is removed, with a note; --raw keeps it.
`;

const copyHelp = `
--from: the native Secret here follows the other secret as long as a grant of level copy allows it.
${copySentence} When the access ends, the copy is deleted.
The other secret and its grant can also be created later.
`;

const composeHelp = `
neuro secret add dsn --template 'postgres://$(user):$(password)@db/app' --part user=db-user --part password=db-password,percent
A part is one of my secrets in the same namespace; a copy cannot be one. The text of the template is not secret: it can
be read in the object. Write it in single quotes, or the shell replaces $(…).
`;

const forHelp = 'a context, or a file or https address with public keys; can be repeated';

const certHelp = `
--cert asks no cluster, as kubeseal does: give --namespace. A certificate in PEM (from /v1/cert.pem of the operator, or
kubeseal --fetch-cert) seals in the format of kubeseal, for the name and namespace; a file like the entry keys.json
seals with hpke. The value is not sealed for recovery keys then.
`;

const noRecovery = ['--no-recovery', 'do not seal for the recovery keys of the cluster'] as const;

const importHelp = `
A .env file, UTF-8: KEY=VALUE lines, # comments (after a space also behind a value), export before KEY. 'VALUE' and
\`VALUE\` are literal and can span lines; "VALUE" knows \\n \\r \\t \\" \\\\ \\$ \\\`. A $NAME is not replaced. The
last of several lines with one key counts. Objects: YAML or JSON as from kubectl get secret -o yaml, one, several or a List. A
key that several Secrets have is not imported, unless --prefix '{name}.' puts the name of its Secret before it.
If the command cannot import something, it says so, and the exit code is not 0. --dry-run prints the same and changes nothing.
A SealedSecret stays sealed: the operator must have the key that it was sealed with.
`;

const adoptHelp = `
For Secrets that something else writes, as External Secrets or cert-manager: each key becomes a secret that follows it
(spec.secretKeyRef). neuro secret import --from-secret copies the values instead, sealed. If the command does
not adopt a key, it says so, and the exit code is not 0.
`;

const historyHelp = `
Former values are Secrets of the namespace: anyone who can read Secrets there can read them. spec.history.keep of the
UserSecret sets how many are kept. Write a key named diff or purge as secret:purge.
`;

const execHelp = `
neuro secret exec --env PGPASSWORD=secret:db-password -- psql -h db
The values are only in the environment of the command. The exit code is that of the command, and signals are passed
on to it. Quote a $NAME, or your shell replaces it first: sh -c 'echo "$NAME"'.
`;

export function addSecretCommands(program: Command, { action }: Actions): void {
  const secret = program.command('secret').description('manage secrets: add, list, read, remove');

  addCommonOptions(secret.command('add'))
    .description('add a secret, or replace its value')
    .argument('<key>', 'its name: A-Z a-z 0-9 _ . -')
    .argument('[value]', 'VALUE, @path, - or @@text')
    .option('--raw', 'keep the final line break of standard input')
    .option('--description <text>', 'what it is for')
    .option('--rotate-by <when>', 'a reminder to replace the value: 90d, 2027-01-31, or never')
    .option('--for <cluster>', `besides this cluster: ${forHelp}`, collect)
    .option(...noRecovery)
    .option('--from <uri>', 'keep a copy of a secret of another namespace: secret:/NAMESPACE/KEY; no VALUE')
    .option('--cert <file>', 'certificate chain in PEM, with --key: one secret of type kubernetes.io/tls')
    .option('--key <file>', 'its private key in PEM, without a passphrase')
    .option('--ca <file>', 'certificates of the authority, kept as ca.crt')
    .option('--tls', 'VALUE, or the secret of --from, is a certificate pair in one PEM text')
    .option('--label <name=value>', 'a label of the native Secret; can be repeated', collect)
    .option(
      '--annotation <name=value>',
      'an annotation of the native Secret, as for Reloader; can be repeated',
      collect,
    )
    .option('--template <text>', 'compose the value: $(NAME) is the value of a part, $$ a dollar sign')
    .option('--part <part>', 'NAME=KEY, or NAME=KEY,percent with an encoding: percent, base64 or json', collect)
    .option('--from-config-map <name/key>', 'follow that key of a ConfigMap')
    .addHelpText('after', `${valueHelp}${copyHelp}${composeHelp}`)
    .action(
      action<AddOptions & ComposeOptions>(async (run, key = '', value) =>
        run.options.template === undefined && run.options.part === undefined && run.options.fromConfigMap === undefined
          ? (await import('./add.ts')).addSecret(run, key, value)
          : (await import('./compose.ts')).composeSecret(run, key, value),
      ),
    );

  addCommonOptions(secret.command('ls'), { output: true })
    .alias('list')
    .description('list my secrets and those shared with me')
    .option('--mine', 'only my secrets')
    .option('--shared-with-me', 'only secrets of others')
    .option('--tag <tag>', 'only my secrets with that tag: NAME or NAME=VALUE; can be repeated', collect)
    .option('--rotate-soon', 'only my secrets to rotate within two weeks, or overdue')
    .option('--full-uri', 'URIs with the name of the cluster')
    .option('--watch', 'list again after each change, until Ctrl-C')
    .action(
      action<ListOptions & WatchOptions>(async (run) => (await watching())(run, (await import('./ls.ts')).listSecrets)),
    );

  addCommonOptions(secret.command('get'))
    .description('print the value of one of my secrets, byte for byte')
    .argument('<key>')
    .option('-f, --file <path>', 'write the value to a file that only you can read')
    .option('--version <version>', 'print a former value: its version, or its first digits')
    .action(action<GetOptions>(async (run, key = '') => (await import('./get.ts')).getSecret(run, key)));

  addCommonOptions(secret.command('rm'))
    .description('remove secrets, and the grants that neuro made for them')
    .argument('<keys...>')
    .option('--force', 'do not ask or warn')
    .action(action<RemoveOptions>(async (run, ...keys) => (await import('./rm.ts')).removeSecrets(run, keys)));

  addCommonOptions(secret.command('seal'), { output: true })
    .description('print a sealed manifest for git; nothing is created')
    .argument('<key>')
    .argument('[value]', 'VALUE, @path, - or @@text')
    .option('--raw', 'keep the final line break of standard input')
    .option('--description <text>', 'what it is for')
    .option('--for <cluster>', forHelp, collect)
    .option(...noRecovery)
    .option('--cert <file>', 'offline: a file or https address with the certificate of the cluster, or its public keys')
    .addHelpText('after', `${valueHelp}${certHelp}`)
    .action(
      action<SealOptions>(async (run, key = '', value) => (await import('./seal.ts')).sealSecret(run, key, value)),
    );

  addCommonOptions(secret.command('usage'), { output: true })
    .description('show who can use a secret, and which jobs and copies do')
    .argument('<key>')
    .action(action(async (run, key = '') => (await import('./usage.ts')).secretUsage(run, key)));

  addCommonOptions(secret.command('reseal'))
    .description('seal my secrets again with the newest key of the cluster; the values do not change')
    .argument(
      '[keys...]',
      'default: those sealed with an older key, for a former recovery key, or without a current one',
    )
    .option('--for <cluster>', `besides this cluster, which is always among them: ${forHelp}`, collect)
    .option(...noRecovery)
    .action(action<RecipientOptions>(async (run, ...keys) => (await import('./reseal.ts')).resealSecrets(run, keys)));

  addCommonOptions(secret.command('import'))
    .description('import secrets from a .env file, a native Secret or a SealedSecret')
    .argument('[source]', 'a file, or - for standard input')
    .option('--from-secret <name>', 'the native Secret of that name in the namespace')
    .option('--from-sealed-secret <name>', 'the SealedSecret of that name; its values stay sealed')
    .option('--format <format>', 'env or objects; default: detected')
    .option('--prefix <text>', 'prefix for every key; {name} is the name of its Secret')
    .option('--dry-run', 'print what would be imported, and change nothing')
    .option(...noRecovery)
    .addHelpText('after', importHelp)
    .action(action<ImportOptions>(async (run, source) => (await import('./import.ts')).importSecrets(run, source)));

  addCommonOptions(secret.command('adopt'))
    .description('make secrets that follow the keys of a native Secret; it keeps its owner, and no value is copied')
    .argument('<secret>', 'a native Secret of the namespace')
    .argument('[keys...]', 'default: all its keys')
    .option('--prefix <text>', 'prefix for every key; {name} is the name of the Secret')
    .option('--dry-run', 'print what would be adopted, and change nothing')
    .addHelpText('after', adoptHelp)
    .action(
      action<AdoptOptions>(async (run, name = '', ...keys) =>
        (await import('./adopt.ts')).adoptSecret(run, name, keys),
      ),
    );

  addCommonOptions(secret.command('manifest'), { output: true })
    .description('print my secrets as manifests for git, values sealed')
    .argument('[keys...]', 'default: all my secrets')
    .option('--dir <folder>', 'write one file per secret to this folder')
    .option('--to <namespace>', 'seal them for another namespace')
    .option('--grants', 'print the grants too')
    .option('--no-recovery', 'leave out what is sealed for recovery keys of the cluster, former ones too')
    .action(action<ManifestOptions>(async (run, ...keys) => (await import('./manifest.ts')).secretManifest(run, keys)));

  addCommonOptions(secret.command('exec'))
    .description('run a local command with my secrets as environment variables')
    .argument('<command...>')
    .passThroughOptions()
    .option('-e, --env <var>', 'NAME=secret:KEY, NAME=VALUE, or NAME for its local value', collect)
    .option('--env-file <path>', 'a .env file with such lines, also NAME=secret:KEY', collect)
    .addHelpText('after', execHelp)
    .action(action<ExecOptions>(async (run, ...words) => (await import('./exec.ts')).execWithSecrets(run, words)));

  addCommonOptions(secret.command('rotate'))
    .description('generate a new value for a generated secret now, and wait for its hook')
    .argument('<key>')
    .option('--no-wait', 'do not wait for the hook')
    .action(action<RotateOptions>(async (run, key = '') => (await import('./rotate.ts')).rotateSecret(run, key)));

  addCommonOptions(secret.command('rotate-by'))
    .description('set the date by which to replace a value: a reminder in lists and in the console')
    .argument('<key>')
    .argument('[when]', '90d, 2027-01-31, or never; default: print the date')
    .action(action(async (run, key = '', when) => (await import('./tag.ts')).setRotateBy(run, key, when)));

  addCommonOptions(secret.command('tag'))
    .description('set and remove tags of a secret (labels without a prefix)')
    .argument('<key>')
    .argument('[tags...]', 'NAME, NAME=VALUE, or NAME- to remove it; default: print them')
    .action(action(async (run, key = '', ...words) => (await import('./tag.ts')).tagSecret(run, key, words)));

  addHistoryCommands(secret, action);
}

function addHistoryCommands(secret: Command, action: Actions['action']): void {
  addCommonOptions(secret.command('log'), { output: true })
    .description('show who changed, shared and used a secret, as far as the cluster still knows')
    .argument('<key>')
    .action(action(async (run, key = '') => (await import('./log.ts')).logSecret(run, key)));

  const history = addCommonOptions(secret.command('history'), { output: true })
    .description('list the versions of a secret, with times and users; no values')
    .argument('<key>')
    .addHelpText('after', historyHelp)
    .action(action(async (run, key = '') => (await import('./history.ts')).secretHistory(run, key)));

  addCommonOptions(history.command('diff'), { output: true })
    .description('compare two versions by hash and size; the exit code is 1 if they differ')
    .argument('<key>')
    .argument('<version>')
    .argument('<other>')
    .action(
      action(async (run, key = '', one = '', other = '') =>
        (await import('./history.ts')).diffVersions(run, key, one, other),
      ),
    );

  addCommonOptions(history.command('purge'))
    .description('delete all former values permanently, for example after a leak')
    .argument('<key>')
    .option('--force', 'do not ask')
    .action(action<PurgeOptions>(async (run, key = '') => (await import('./history.ts')).purgeHistory(run, key)));

  addCommonOptions(secret.command('rollback'))
    .description('restore a former value, sealed')
    .usage('--to <version> [options] <key>')
    .argument('<key>')
    .option('--to <version>', 'the version to restore, or its first digits (required)')
    .option(...noRecovery)
    .action(action<RollbackOptions>(async (run, key = '') => (await import('./rollback.ts')).rollbackSecret(run, key)));
}
