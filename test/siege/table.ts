/** The result as a table in Markdown, with what each attack really sent; and the page of the documentation that it is written into. Pure. */
import { boundsOf, type Idle, type Measured } from './bounds.ts';

interface Siege {
  readonly idle: Idle;
  readonly idleRow: Measured;
  readonly measured: readonly Measured[];
}

interface Circumstances {
  readonly seed: number;
  readonly attackSeconds: number;
  readonly date: Date;
  readonly processors: number;
}

const [begin, end] = [
  '<!-- The siege writes what follows (option --write). Do not edit. -->',
  '<!-- end of the siege -->',
];
const number = new Intl.NumberFormat('en-US');

/** `aimOf`: what an attack tries to bring about, by its name. One row an attack, one column a bound; what does not hold is marked. */
export function tableOf({ idle, idleRow, measured }: Siege, aimOf: ReadonlyMap<string, string>): string {
  const rows = [idleRow, ...measured].map((each) => {
    const aim = aimOf.get(each.attack);
    const bounds = boundsOf(each, idle).map(({ text, holds }) => (holds ? text : `**${text}**`));
    return [aim === undefined ? 'no attack' : `\`${each.attack}\`: ${aim}`, sentBy(each), ...bounds];
  });
  const header = ['attack', 'the API server took', ...boundsOf(idleRow, idle).map(({ what }) => what)];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The most of one kind first. */
function sentBy({ taken }: Measured): string {
  return Object.entries(taken)
    .sort(([, one], [, other]) => other - one)
    .map(([what, count]) => `${number.format(count)} ${what}`)
    .join(', ');
}

/** The page with the result in place of the former one, which stands between two comments. */
export function pageWith(page: string, table: string, circumstances: Circumstances): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new RangeError(`the page has no place for the table: '${begin}' to '${end}'`);
  const { seed, attackSeconds, date, processors } = circumstances;
  const said =
    `One run of ${date.toISOString().slice(0, 10)} (seed ${String(seed)}, ${String(attackSeconds)} s of attack in each row) on ${String(processors)} processors ` +
    'that the attacker, the control plane, the node and both Pods of the operator share. Waits are the median, the 99th percentile and the longest of the quiet tenant, ' +
    'and, in parentheses, the 99th percentile of the bare client.';
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${said}\n\n${page.slice(to)}`;
}
