/** `neuro version`, `doctor`, `config` and `completion`: the words and flags. */
import type { Command } from 'commander';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import type { VersionOptions } from './version.ts';

const completionHelp = `
bash: source <(neuro completion bash)                                   in ~/.bashrc
zsh:  source <(neuro completion zsh)                                    in ~/.zshrc, after compinit
fish: neuro completion fish > ~/.config/fish/completions/neuro.fish
For \`kubectl neuro\`, an executable file kubectl_complete-neuro in the path: exec neuro __complete -- "$@"
`;

export function addSetupCommands(program: Command, { action }: Actions): void {
  const config = program.command('config').description('show the context in use, and choose another');
  addCommonOptions(config.command('show'), { output: true })
    .description('show where the command works, and as whom')
    .action(action(async (run) => (await import('./config.ts')).configShow(run)));
  addCommonOptions(config.command('get-contexts'), { output: true })
    .description('list the contexts of the kubeconfig')
    .action(action(async (run) => (await import('./config.ts')).configContexts(run)));
  addCommonOptions(config.command('use').alias('use-context'))
    .description('make a context the current one, for kubectl too')
    .argument('<context>')
    .action(action(async (run, name = '') => (await import('./config.ts')).configUse(run, name)));

  addCommonOptions(program.command('doctor'), { output: true })
    .description('tell whether all is there that the command needs, and what mends it')
    .action(action(async (run) => (await import('./doctor.ts')).doctor(run)));

  addCommonOptions(program.command('version'), { output: true })
    .description('print the versions of the command, the API server and the operator')
    .option('--client', 'only that of the command')
    .action(action<VersionOptions>(async (run) => (await import('./version.ts')).showVersion(run)));

  program
    .command('completion')
    .description('print what makes a shell complete the command')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', completionHelp)
    .action(action(async (run, shell = '') => (await import('./completion.ts')).printCompletion(run, shell)));

  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(action(async (run, ...words) => (await import('./complete.ts')).complete(run, program, words)));
}
