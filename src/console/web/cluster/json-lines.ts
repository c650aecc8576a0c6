/** Lines of JSON from a stream, in the groups in which they came over the network. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<readonly unknown[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    const group = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
    if (group.length > 0) yield group;
  }
  if (rest.trim() !== '') yield [JSON.parse(rest) as unknown];
}
