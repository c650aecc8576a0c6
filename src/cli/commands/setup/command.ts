/** `neuro version`, `doctor`, `config` and `completion`: the words and flags. */
import type { Command } from 'commander';
import { addCommonOptions } from '../../options.ts';
import type { Actions } from '../../actions.ts';
import { topicList, topics } from './topics.ts';
import type { VersionOptions } from './version.ts';

const completionHelp = `
bash: source <(neuro completion bash)                                   in ~/.bashrc
zsh:  source <(neuro completion zsh)                                    in ~/.zshrc, after compinit
fish: neuro completion fish > ~/.config/fish/completions/neuro.fish
For \`kubectl neuro\`, an executable file kubectl_complete-neuro in the path: exec neuro __complete -- "$@"
`;

export function addSetupCommands(program: Command, { action }: Actions): void {
  const config = program.command('config').description('show the current context, or choose another');
  addCommonOptions(config.command('show'), { output: true })
    .description('show the cluster, namespace and user of the command')
    .action(action(async (run) => (await import('./config.ts')).configShow(run)));
  addCommonOptions(config.command('get-contexts'), { output: true })
    .description('list the contexts of the kubeconfig')
    .action(action(async (run) => (await import('./config.ts')).configContexts(run)));
  addCommonOptions(config.command('use').alias('use-context'))
    .description('set the current context, also for kubectl')
    .argument('<context>')
    .action(action(async (run, name = '') => (await import('./config.ts')).configUse(run, name)));

  addCommonOptions(program.command('doctor'), { output: true })
    .description('check that everything the command needs is available, and say how to fix it')
    .action(action(async (run) => (await import('./doctor.ts')).doctor(run)));

  addCommonOptions(program.command('version'), { output: true })
    .description('print the versions of the command, the API server and the operator')
    .option('--client', 'only the version of the command')
    .action(action<VersionOptions>(async (run) => (await import('./version.ts')).showVersion(run)));

  program
    .command('help')
    .description('explain a topic or a command')
    .argument('[words...]', `a command, or a topic: ${Object.keys(topics).join(', ')}`)
    .addHelpText('after', topicList)
    .action(action(async (run, ...words) => (await import('./help.ts')).showHelp(run, program, words)));

  program
    .command('completion')
    .description('print the script for shell completion')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', completionHelp)
    .action(action(async (run, shell = '') => (await import('./completion.ts')).printCompletion(run, shell)));

  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(action(async (run, ...words) => (await import('./complete.ts')).complete(run, program, words)));
}
