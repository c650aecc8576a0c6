/** The result as a table in Markdown: one row an attack, one column a bound; what does not hold is marked. */
import { percentile } from '../bench/operator/percentile.ts';
import { boundsOf, waitsOf, type Idle, type Measured } from './bounds.ts';

export function tableOf(measured: readonly Measured[], idle: Idle, idleRow: Measured): string {
  const rows = measured.map((each) => {
    const bounds = boundsOf(each, idle);
    const api = waitsOf(each.waits, 'api');
    const apiText = [percentile(api, 50), percentile(api, 99)].map((ms) => ms.toFixed(0)).join('/');
    return [
      each.attack,
      String(each.accepted),
      ...bounds.map(({ text, holds }) => (holds ? text : `**${text}**`)),
      apiText,
    ];
  });
  const names = boundsOf(idleRow, idle).map(({ what }) => what);
  const header = ['attack', 'requests', ...names, 'API server p50/p99 ms'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
