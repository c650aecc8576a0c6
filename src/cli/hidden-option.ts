import { Option } from 'commander';

/** Fifty commands take the same options, and reading the flags of one takes as long as the rest of the command line. */
const known = new Map<string, Option>();

/** Not shown in help; one object for all commands. */
export function hiddenOption(flags: string): Option {
  let option = known.get(flags);
  if (option === undefined) known.set(flags, (option = new Option(flags).hideHelp()));
  return option;
}
