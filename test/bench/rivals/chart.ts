/** A chart of horizontal bars as SVG, readable on a light and on a dark page. Pure. */

interface Bar {
  readonly label: string;
  readonly value: number;
  /** Of the rounds; drawn as a line across the end of the bar. */
  readonly least: number;
  readonly most: number;
  readonly isOurs: boolean;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const [width, labelWidth, valueWidth] = [760, 250, 120];
const [barHeight, barGap, titleHeight, padding] = [22, 10, 40, 12];
const style = [
  'text{font:14px system-ui,sans-serif;fill:#24292f}',
  '.title{font-weight:600;font-size:15px}',
  '.ours{fill:#0969da}',
  '.other{fill:#8c959f}',
  '.spread{stroke:#24292f;stroke-width:1.5}',
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.spread{stroke:#e6edf3}.ours{fill:#4493f8}.other{fill:#6e7681}}',
].join('');

export function svgOf({ title, unit, bars }: Chart): string {
  const most = Math.max(...bars.map((bar) => Math.max(bar.value, bar.most)), Number.MIN_VALUE);
  const scale = (value: number): number => round((value / most) * (width - labelWidth - valueWidth - padding));
  const height = titleHeight + bars.length * (barHeight + barGap) + padding;
  const rows = bars.map((bar, index) => {
    const top = titleHeight + index * (barHeight + barGap);
    const middle = top + barHeight / 2;
    const [from, to] = [labelWidth + scale(bar.least), labelWidth + scale(bar.most)];
    return [
      `<text x="${String(labelWidth - 10)}" y="${String(middle + 5)}" text-anchor="end">${escaped(bar.label)}</text>`,
      `<rect class="${bar.isOurs ? 'ours' : 'other'}" x="${String(labelWidth)}" y="${String(top)}" width="${String(scale(bar.value))}" height="${String(barHeight)}" rx="3"/>`,
      `<line class="spread" x1="${String(from)}" x2="${String(to)}" y1="${String(middle)}" y2="${String(middle)}"/>`,
      `<text x="${String(Math.max(to, labelWidth + scale(bar.value)) + 8)}" y="${String(middle + 5)}">${figure(bar.value)} ${escaped(unit)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}</style>`,
    `<text class="title" x="${String(padding)}" y="24">${escaped(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** Three digits at most where there is a fraction. */
export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
