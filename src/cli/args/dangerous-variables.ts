/** Variables by which a value becomes code, or which programs are run: a secret under such a name is almost always a slip. */
const names = new Set([
  'PATH',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
  'NODE_OPTIONS',
  'NODE_PATH',
  'BASH_ENV',
  'ENV',
  'SHELLOPTS',
  'PROMPT_COMMAND',
  'PS4',
  'IFS',
  'HOME',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'PYTHONHOME',
  'PERL5OPT',
  'PERL5LIB',
  'RUBYOPT',
  'RUBYLIB',
  'JAVA_TOOL_OPTIONS',
  '_JAVA_OPTIONS',
  'GIT_SSH_COMMAND',
  'GIT_EXTERNAL_DIFF',
  'EDITOR',
  'VISUAL',
  'PAGER',
  'BROWSER',
  'KUBECONFIG',
]);
const prefixes = ['DYLD_', 'BASH_FUNC_', 'GIT_CONFIG_'];

export function isDangerousVariable(name: string): boolean {
  return names.has(name.toUpperCase()) || prefixes.some((prefix) => name.toUpperCase().startsWith(prefix));
}
