/** Objects that do not go, are taken for others, or have odd names. */
import type { Attack } from '../attacker/attack.ts';

export const endless: readonly Attack[] = [
  {
    name: 'finalizers',
    aim: 'deleted objects that stay, with work that never ends',
    run: async (by) => {
      const finalizers = ['example.com/stays'];
      await by.create('usersecrets', { metadata: { name: 'held', finalizers }, spec: { value: 'x' } });
      await by.each(by.count(100), async (index) => {
        const metadata = { name: `held-${String(index)}`, finalizers };
        await by.create('neurojobs', {
          metadata,
          spec: {
            image: 'busybox:1',
            env: [{ name: 'S', fromSecret: { name: 'held' } }],
            lifeSpan: '5s',
            schedulingGates: [{ name: 'example.com/gate' }],
          },
        });
        await by.create('secretgrants', {
          metadata,
          spec: { secret: 'held', subject: { kind: 'User', name: by.victims[0] } },
        });
        await by.remove('neurojobs', metadata.name);
        await by.remove('secretgrants', metadata.name);
      });
    },
  },
  {
    name: 'forged-owners',
    aim: 'objects that pass for made by the operator, or for made for a victim',
    run: async (by) => {
      await by.each(by.count(200), async (index) => {
        const name = `f${String(index)}`;
        const victim = by.victims[index % by.victims.length] ?? '';
        const ownerReferences = [
          {
            apiVersion: 'neu.ro/v1',
            kind: ['UserSecret', 'SecretGrant', 'NeuroJob'][index % 3],
            name: victim,
            uid: '00000000-0000-4000-8000-000000000000',
            controller: true,
          },
        ];
        const labels = { 'neu.ro/managed-by': 'neuro-operator', 'neu.ro/user-secret': name, 'neu.ro/job': name };
        const annotations = {
          'neu.ro/owner-uid': '00000000-0000-4000-8000-000000000000',
          'neu.ro/source-hash': 'x',
          'neu.ro/version': 'x',
          'neu.ro/adopt': name,
          'neu.ro/user': victim,
        };
        await by.create('secrets', {
          metadata: { name, ownerReferences, labels, annotations },
          stringData: { value: 'x' },
        });
        await by.create('usersecrets', {
          metadata: { name, annotations, labels },
          spec: { generate: { type: 'UUID' } },
        });
        await by.create('configmaps', {
          metadata: { name: index === 0 ? 'neuro-shared-with-me' : name, labels, annotations },
          data: { victim },
        });
      });
    },
  },
  {
    name: 'odd-keys',
    aim: 'keys that are names in JavaScript',
    run: async (by) => {
      const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
      for (let round = 0; !by.signal.aborted; round += 1) {
        await by.each(keys.length, async (index) => {
          const name = `odd-${String(index)}`;
          await by.create('usersecrets', {
            metadata: { name },
            spec: { key: keys[index], value: `v${String(round)}` },
          });
          await by.create('neurojobs', {
            metadata: { name: `${name}-${String(round)}` },
            spec: { image: 'busybox:1', preset: keys[index] },
          });
          await by.pause(500);
          await by.remove('usersecrets', name);
        });
      }
    },
  },
];
