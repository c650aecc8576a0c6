/** Silence of a stream. */
import { expect, vi, test } from 'vitest';
import { heard } from '../../../../src/console/web/cluster/heard.ts';

test('passes everything on, and notices silence once and the sound after it', async () => {
  vi.useFakeTimers();
  try {
    const told: string[] = [];
    let send: (chunk: string | undefined) => void = () => undefined;
    async function* chunks(): AsyncGenerator<string> {
      for (;;) {
        const chunk = await new Promise<string | undefined>((resolve) => (send = resolve));
        if (chunk === undefined) return;
        yield chunk;
      }
    }
    const hearing = {
      afterMs: 10_000,
      onSilence: () => void told.push('silence'),
      onSound: () => void told.push('sound'),
    };
    const reading = (async () => {
      for await (const chunk of heard(chunks(), hearing)) told.push(chunk);
    })();
    const after = async (ms: number, chunk: string | undefined): Promise<void> => {
      await vi.advanceTimersByTimeAsync(ms);
      send(chunk);
      await vi.advanceTimersByTimeAsync(0);
    };
    await after(9_000, 'a');
    await after(9_000, 'b');
    await after(25_000, 'c');
    await after(1, undefined);
    await reading;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(['a', 'b', 'silence', 'sound', 'c']);
  } finally {
    vi.useRealTimers();
  }
});
