/** What the palette offers, and what of it a few letters mean. Pure. */
export interface PaletteCommand {
  /** Unique. */
  readonly id: string;
  readonly group: 'pages' | 'actions' | 'secrets' | 'shared' | 'jobs' | 'namespaces';
  readonly label: string;
  /** Found by it, too. */
  readonly more?: string;
  readonly run: () => void;
}

/** More than a screen is no answer; another letter narrows it. */
export const mostFound = 40;

const order = [
  'actions',
  'pages',
  'secrets',
  'jobs',
  'shared',
  'namespaces',
] as const satisfies readonly PaletteCommand['group'][];

/** An entry contains every word; entries that begin with the first word come first. Without words: pages and actions. */
export function findCommands(commands: readonly PaletteCommand[], query: string): readonly PaletteCommand[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return commands.filter(({ group }) => group === 'actions' || group === 'pages');
  const rank = ({ label }: PaletteCommand): number => {
    const text = label.toLowerCase();
    return text === query.trim().toLowerCase() ? 0 : text.startsWith(first) ? 1 : 2;
  };
  return commands
    .filter(({ label, more = '' }) => words.every((word) => `${label} ${more}`.toLowerCase().includes(word)))
    .map((command, index) => ({ command, index, rank: rank(command) }))
    .sort(
      (a, b) => a.rank - b.rank || order.indexOf(a.command.group) - order.indexOf(b.command.group) || a.index - b.index,
    )
    .slice(0, mostFound)
    .map(({ command }) => command);
}
