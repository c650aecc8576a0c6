import { describe, expect, it } from 'vitest';
import type { Secret } from '../../src/controllers/resources.ts';
import { SharedReads } from '../../src/controllers/shared-reads.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const { signal } = new AbortController();
const ref = { namespace: 'platform', name: 'db' };

function world() {
  const clock = new ManualClock();
  const reads: PromiseWithResolvers<Secret | undefined>[] = [];
  const read = (): Promise<Secret | undefined> => {
    const answer = Promise.withResolvers<Secret | undefined>();
    reads.push(answer);
    return answer.promise;
  };
  const shared = new SharedReads({ clock, read });
  const ask = (resourceVersion?: string) => shared.read(ref, resourceVersion, signal);
  return { clock, reads, ask };
}

const version = (resourceVersion: string, value = 'djE='): Secret => ({
  metadata: { ...ref, resourceVersion },
  data: { db: value },
});

describe('a read of a value that many want', () => {
  it('is one for all that ask for the same version, for a moment', async () => {
    const { clock, reads, ask } = world();
    const [first, second] = [ask('7'), ask('7')];
    reads[0]?.resolve(version('7'));
    expect(await first).toBe(await second);
    expect(await ask('7')).toBe(await first);
    expect(reads).toHaveLength(1);
    await clock.advance(200);
    void ask('7');
    expect(reads).toHaveLength(2);
  });

  it('is another one for another version, or where none is known', async () => {
    const { reads, ask } = world();
    void ask('7');
    void ask('8');
    void ask();
    expect(reads).toHaveLength(3);
    reads[0]?.resolve(version('7'));
    reads[1]?.resolve(version('8'));
    await settle();
    void ask('8');
    expect(reads).toHaveLength(3);
  });

  it('is not kept where it brought another version than the store shows', async () => {
    const { reads, ask } = world();
    void ask('7');
    reads[0]?.resolve(version('8'));
    await settle();
    void ask('7');
    expect(reads).toHaveLength(2);
  });

  it('is not kept where it failed, or the value is large', async () => {
    const { reads, ask } = world();
    const failing = ask('7');
    reads[0]?.reject(new Error('no answer'));
    await expect(failing).rejects.toThrow('no answer');
    void ask('7');
    reads[1]?.resolve(version('7', 'A'.repeat(65 * 1024)));
    await settle();
    void ask('7');
    expect(reads).toHaveLength(3);
  });
});
