/** Attacks on the order of work: objects of her own that are always due. */
import type { Attack } from '../attacker/attack.ts';

const foreignRefs = 32;

export const queues: readonly Attack[] = [
  {
    name: 'waiting-jobs',
    aim: 'jobs that wait for 32 secrets of others, each asked for again and again',
    run: async (by) => {
      const env = Array.from({ length: foreignRefs }, (_, at) => ({
        name: `V${String(at)}`,
        fromSecret: { namespace: by.victims[at % by.victims.length], name: `secret-${String(at)}` },
      }));
      await by.each(by.count(1_500), (index) =>
        by.create('neurojobs', {
          metadata: { name: `w${String(index)}` },
          spec: { image: 'busybox:1', env, scheduleTimeout: '1d' },
        }),
      );
    },
  },
  {
    name: 'rotation',
    aim: 'secrets that change as often as they can',
    run: async (by) => {
      await by.each(by.count(3_000), (index) =>
        by.create('usersecrets', {
          metadata: { name: `t${String(index)}` },
          spec: { generate: { type: 'Password', rotateEvery: '1m' } },
        }),
      );
    },
  },
  {
    name: 'changes',
    aim: 'objects that she changes, deletes and makes again without a pause',
    run: async (by) => {
      for (let round = 0; !by.signal.aborted; round += 1) {
        await by.each(by.count(40), async (index) => {
          const name = `c${String(index)}`;
          await by.create('usersecrets', { metadata: { name }, spec: { value: `v${String(round)}` } });
          await by.patch('usersecrets', name, { spec: { value: `w${String(round)}` } });
          await by.patch('secrets', name, { metadata: { labels: null, annotations: null } });
          await by.remove('usersecrets', name);
        });
      }
    },
  },
];
