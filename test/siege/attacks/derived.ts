/** Attacks by way of values that are made of others: templates, and rotations that wait for a hook. */
import type { Attack, Attacker } from '../attacker/attack.ts';

const partsOfTemplate = 16;
/** All parts of the large templates, which are composed again with each change of one. */
const largePart = 60 * 1024;

/** Over one part, over each other, in circles, and as large as they can be. */
async function templates(by: Attacker): Promise<void> {
  const count = by.count(400);
  await by.each(partsOfTemplate, (index) =>
    by.create('usersecrets', {
      metadata: { name: `part-${String(index)}` },
      spec: { value: index === 0 ? 'v' : 'p'.repeat(largePart) },
    }),
  );
  await by.each(count, (index) => {
    const parts = [
      [{ name: 'p0', secret: 'part-0', encode: 'Base64' }],
      Array.from({ length: partsOfTemplate }, (_, at) => ({ name: `p${String(at)}`, secret: `part-${String(at)}` })),
      [{ name: 'p0', secret: `template-${String(index - 2)}` }],
      [{ name: 'p0', secret: `template-${String((index + 4) % count)}` }],
    ][index % 4] as readonly { readonly name: string }[];
    const text = parts.map(({ name }) => `$(${name})`).join(' ');
    return by.create('usersecrets', {
      metadata: { name: `template-${String(index)}` },
      spec: { template: { text, parts } },
    });
  });
}

const hook = (code: number): object => ({
  suspend: true,
  image: 'busybox:1',
  imagePullPolicy: 'IfNotPresent',
  // Much output, and last words that hold the next value.
  command: [
    'sh',
    '-c',
    `head -c 2000000 /dev/zero | base64; cat /run/neuro/rotation/next >/dev/termination-log; exit ${String(code)}`,
  ],
});

export const derived: readonly Attack[] = [
  {
    name: 'templates',
    aim: 'templates over one secret that changes each second, also nested and in circles',
    run: async (by) => {
      await templates(by);
      for (let round = 0; !by.signal.aborted; round += 1) {
        await by.patch('usersecrets', 'part-0', { spec: { value: `v${String(round)}` } });
        await by.pause(1_000);
      }
    },
  },
  {
    name: 'hooks',
    aim: 'rotations whose hooks fail, are asked for again and again, come and go, or rotate themselves',
    run: async (by) => {
      await by.create('neurojobs', { metadata: { name: 'fails' }, spec: hook(1) });
      await by.create('neurojobs', { metadata: { name: 'flaps' }, spec: hook(0) });
      const own = { env: [{ name: 'S', fromSecret: { name: 'rotated-2' } }] };
      await by.create('neurojobs', { metadata: { name: 'own' }, spec: { ...hook(0), ...own } });
      const hooks = ['fails', 'flaps', 'own', 'absent'];
      const count = by.count(200);
      const nameOf = (index: number): string => `rotated-${String(index)}`;
      await by.each(count, (index) =>
        by.create('usersecrets', {
          metadata: { name: nameOf(index) },
          spec: { generate: { type: 'Password', rotateEvery: '1m', rotateHook: hooks[index % hooks.length] } },
        }),
      );
      for (let round = 0; !by.signal.aborted; round += 1) {
        await by.each(count, (index) =>
          by.patch('usersecrets', nameOf(index), { metadata: { annotations: { 'neu.ro/rotate': String(round) } } }),
        );
        await by.remove('neurojobs', 'flaps');
        await by.create('neurojobs', { metadata: { name: 'flaps' }, spec: hook(0) });
        await by.pause(500);
      }
    },
  },
];
