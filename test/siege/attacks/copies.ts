/** Attacks by way of copies and former values: work and Secrets that grow with what others share, or with each change. */
import type { Attack, Attacker } from '../attacker/attack.ts';

const half = 512 * 1024;

/** Lets her own namespace keep copies, which are then copies of copies, circles, and copies of what she may not copy. */
async function copiesOfEverything(by: Attacker): Promise<void> {
  const subject = { kind: 'Namespace', name: by.namespace };
  await by.create('secretgrants', { metadata: { name: 'all' }, spec: { subject, access: 'copy' } });
  await by.each(by.count(1_000), (index) => {
    const [namespace, name] = [
      [by.victims[index % by.victims.length], 'secret'],
      [by.namespace, `copy-${String(index + 1)}`],
      [by.namespace, `copy-${String(index)}`],
      [by.namespace, 'source'],
    ][index % 4] as readonly string[];
    return by.create('usersecrets', {
      metadata: { name: `copy-${String(index)}` },
      spec: { sharedFrom: { namespace, name } },
    });
  });
}

export const copies: readonly Attack[] = [
  {
    name: 'copies',
    aim: 'copies that wait, or that follow a secret which changes all the time',
    run: async (by) => {
      await by.create('usersecrets', { metadata: { name: 'source' }, spec: { value: 'v' } });
      await copiesOfEverything(by);
      for (let round = 0; !by.signal.aborted; round += 1) {
        await by.patch('usersecrets', 'source', { spec: { value: `v${String(round)}` } });
        // The right to them comes and goes as well.
        await by.remove('secretgrants', 'all');
        await by.pause(200);
        const subject = { kind: 'Namespace', name: by.namespace };
        await by.create('secretgrants', { metadata: { name: 'all' }, spec: { subject, access: 'copy' } });
        await by.pause(800);
      }
    },
  },
  {
    name: 'history',
    aim: 'a former value of half a MiB with each change, and Secrets that pass for former values',
    run: async (by) => {
      const value = (round: number): string => `${String(round)}-${'h'.repeat(half)}`;
      const names = Array.from({ length: by.count(20) }, (_, index) => `h${String(index)}`);
      const spec = { history: { keep: 20 } };
      await by.each(names.length, (index) =>
        by.create('usersecrets', { metadata: { name: names[index] ?? '' }, spec: { ...spec, value: value(0) } }),
      );
      for (let round = 1; !by.signal.aborted; round += 1) {
        await by.each(names.length, async (index) => {
          const name = names[index] ?? '';
          await by.patch('usersecrets', name, { spec: { value: value(round) } });
          await by.create('secrets', {
            metadata: {
              name: `forged-${String(round)}-${String(index)}`,
              labels: { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/history': 'true', 'neu.ro/user-secret': name },
              annotations: { 'neu.ro/former': `{"version":"${String(round)}"}`, 'neu.ro/former-proof': 'x' },
            },
            type: 'neu.ro/former-value',
            immutable: true,
            stringData: { [name]: 'x' },
          });
        });
        await by.pause(500);
      }
    },
  },
];
