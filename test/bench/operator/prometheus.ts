/** Reads the text format of Prometheus, as the API server and the operator tell of themselves. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function parseMetrics(text: string, wanted: readonly string[]): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const name = /^[a-z_:][a-z0-9_:]*/i.exec(line)?.[0];
    if (name === undefined || !wanted.includes(name)) continue;
    const labels: Record<string, string> = {};
    for (const [, label = '', value = ''] of line.matchAll(/([a-z_]+)="([^"]*)"/gi)) labels[label] = value;
    samples.push({ name, labels, value: Number(line.slice(line.lastIndexOf(' ') + 1)) });
  }
  return samples;
}

export function sum(
  samples: readonly Sample[],
  name: string,
  matches: (labels: Sample['labels']) => boolean = () => true,
): number {
  return samples
    .filter((sample) => sample.name === name && matches(sample.labels))
    .reduce((total, { value }) => total + value, 0);
}
