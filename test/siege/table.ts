/** The result as a table in Markdown: one row an attack, one column a bound; what does not hold is marked. */
import { boundsOf, type Idle, type Measured } from './bounds.ts';

export function tableOf(measured: readonly Measured[], idle: Idle, idleRow: Measured): string {
  const rows = measured.map((each) => {
    const bounds = boundsOf(each, idle);
    return [each.attack, String(each.accepted), ...bounds.map(({ text, holds }) => (holds ? text : `**${text}**`))];
  });
  const names = boundsOf(idleRow, idle).map(({ what }) => what);
  const header = ['attack', 'requests', ...names];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
