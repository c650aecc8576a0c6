/** `NAME=VALUE`, one a line; an empty line says nothing. Pure. */
interface ReadPairs {
  readonly pairs: Readonly<Record<string, string>>;
  /** The first line that is no pair. */
  readonly wrongLine?: string;
}

export function readPairs(text: string): ReadPairs {
  const lines = text.split('\n').map((line) => line.trim());
  const wrongLine = lines.find((line) => line !== '' && line.indexOf('=') < 1);
  const pairs = Object.fromEntries(
    lines.flatMap((line) => {
      const equals = line.indexOf('=');
      return equals < 1 ? [] : [[line.slice(0, equals).trim(), line.slice(equals + 1).trim()]];
    }),
  );
  return wrongLine === undefined ? { pairs } : { pairs, wrongLine };
}
