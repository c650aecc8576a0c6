/** `neuro acl` and `neuro share`: the words and flags. */
import type { Command } from 'commander';
import { accessLevels, accessSentences } from '../../../client/index.ts';
import { watching, type WatchOptions } from '../../watching.ts';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import type { GrantOptions } from './grant.ts';
import type { AclListOptions } from './ls.ts';

const subjectHelp = `
URI      secret:KEY, or secret: for all my secrets, present and future
SUBJECT  bob, group:NAME, serviceaccount:NAMESPACE/NAME or namespace:NAME
LEVEL    read is the default:
${accessLevels.map((level) => `         ${level.padEnd(7)} ${accessSentences[level]}`).join('\n')}

Sharing again changes the level. The end and the description stay unless you set them.
`;

export function addAclCommands(program: Command, { action }: Actions): void {
  const acl = program.command('acl').description('share secrets, and see what is shared');
  const grantAction = action<GrantOptions>(async (run, uri = '', who = '', level) =>
    (await import('./grant.ts')).grant(run, uri, who, level),
  );
  const asGrant = (command: Command): Command =>
    addCommonOptions(command)
      .description('share a secret for use in jobs, or for copies')
      .argument('<uri>')
      .argument('<subject>')
      .argument('[level]', 'read, copy, write or manage', 'read')
      .option('--expires <end>', 'when it ends: 8h, 30d, 2027-01-31, an RFC 3339 time, or never')
      .option('--description <text>', 'why')
      .addHelpText('after', subjectHelp)
      .action(grantAction);

  asGrant(acl.command('grant'));
  addCommonOptions(acl.command('revoke'))
    .description('revoke a grant')
    .argument('<uri>')
    .argument('<subject>')
    .action(action(async (run, uri = '', who = '') => (await import('./revoke.ts')).revoke(run, uri, who)));
  addCommonOptions(acl.command('ls'), { output: true })
    .alias('list')
    .description('list what is shared with me, or by me')
    .argument('[uri]', 'only URIs with this prefix')
    .option('--shared', 'list what I share with others')
    .option('-u, --user <subject>', 'list what I share with this subject')
    .option('--watch', 'list again after each change, until Ctrl-C')
    .action(
      action<AclListOptions & WatchOptions>(async (run, uri) => {
        const { listAcl } = await import('./ls.ts');
        return (await watching())(run, (again) => listAcl(again, uri));
      }),
    );
  asGrant(program.command('share'));
}
