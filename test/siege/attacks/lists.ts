/** Attacks on etcd and on the namespaces of others, by way of the lists of what is shared. */
import type { Attack, Attacker } from '../attacker/attack.ts';

/** As long as the name of a UserSecret can be beside that of the namespace. */
const longName = (index: number): string => `s${String(index)}-${'x'.repeat(190)}`;

async function shareWithEverybody(by: Attacker): Promise<void> {
  await by.each(by.count(1_000), (index) =>
    by.create('usersecrets', { metadata: { name: longName(index) }, spec: { generate: { type: 'UUID' } } }),
  );
  const subjects = by.victims.flatMap((name) => [
    { kind: 'Namespace', name },
    { kind: 'User', name },
    { kind: 'ServiceAccount', namespace: name, name: 'default' },
  ]);
  await by.each(subjects.length, (index) =>
    by.create('secretgrants', { metadata: { name: `g${String(index)}` }, spec: { subject: subjects[index] } }),
  );
}

export const lists: readonly Attack[] = [
  {
    name: 'lists',
    aim: 'a large list in each namespace, written again at each change',
    run: async (by) => {
      await shareWithEverybody(by);
      for (let round = 0; !by.signal.aborted; round += 1) {
        const name = `churn-${String(round)}`;
        await by.create('usersecrets', { metadata: { name }, spec: { generate: { type: 'UUID' } } });
        await by.pause(600);
        await by.remove('usersecrets', name);
        await by.pause(400);
      }
    },
  },
  {
    name: 'grants',
    aim: 'a change of many lists with each of her writes',
    run: async (by) => {
      await by.create('usersecrets', { metadata: { name: 'one' }, spec: { generate: { type: 'UUID' } } });
      for (let round = 0; !by.signal.aborted; round += 1) {
        await by.each(by.victims.length, async (index) => {
          const subject = { kind: 'User', name: by.victims[index] };
          const name = `r${String(round)}-${String(index)}`;
          await by.create('secretgrants', { metadata: { name }, spec: { secret: 'one', subject } });
          await by.remove('secretgrants', name);
        });
      }
    },
  },
];
