/** All attacks at once, in an order and in parts that the seed decides. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, Attacker } from '../attacker/attack.ts';

/** Attacks at the same time. */
const atOnce = 3;
/** Each for a while, then another. */
const longestTurnMs = 15_000;
/** Of each, so that many fit into the time. */
const largestPart = 0.2;

export function mixture(attacks: readonly Attack[]): Attack {
  return {
    name: 'mixture',
    aim: 'all of these, several at a time',
    run: async (by) => {
      let turn = 0;
      const worker = async (): Promise<void> => {
        while (!by.signal.aborted) {
          const attack = attacks[Math.floor(by.random() * attacks.length)];
          turn += 1;
          const over = AbortSignal.any([by.signal, AbortSignal.timeout(Math.ceil(longestTurnMs * by.random()))]);
          await attack?.run(partOf(by, over, `t${String(turn)}-`, largestPart * by.random()));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    },
  };
}

/** The same attacker for one turn: fewer objects, under names that no other turn has. */
function partOf(by: Attacker, signal: AbortSignal, prefix: string, part: number): Attacker {
  return {
    ...by,
    signal,
    count: (whole) => Math.max(1, Math.round(by.count(whole) * part)),
    create: (plural, object) => {
      const metadata = { ...object.metadata, name: `${prefix}${object.metadata.name}` };
      return by.create(plural, { ...object, spec: withNames(object.spec, prefix), metadata });
    },
    patch: (plural, name, body) => by.patch(plural, `${prefix}${name}`, body),
    remove: (plural, name) => by.remove(plural, `${prefix}${name}`),
    each: async (count, work) => {
      for (let index = 0; index < count && !signal.aborted; index += 1) await work(index);
    },
    flood: (plurals, atOnce) => by.flood(plurals, Math.ceil(atOnce * part), signal),
    pause: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
  };
}

/** Fields that name an object of her own namespace. */
const ownNames: readonly string[] = ['secret', 'rotateHook'];
/** Fields whose `name` does. */
const ownReferences: readonly string[] = ['jobTemplate', 'secretKeyRef'];

/** What refers to one of her own secrets refers to that of the same turn. */
function withNames(spec: unknown, prefix: string): unknown {
  if (Array.isArray(spec)) return spec.map((part) => withNames(part, prefix));
  if (typeof spec !== 'object' || spec === null) return spec;
  return Object.fromEntries(
    Object.entries(spec).map(([field, value]) => {
      if (ownNames.includes(field) && typeof value === 'string') return [field, `${prefix}${value}`];
      if (ownReferences.includes(field)) {
        const ref = value as { readonly name: string };
        return [field, { ...ref, name: `${prefix}${ref.name}` }];
      }
      if (field !== 'fromSecret') return [field, withNames(value, prefix)];
      const ref = value as { readonly name: string; readonly namespace?: string };
      return [field, ref.namespace === undefined ? { ...ref, name: `${prefix}${ref.name}` } : ref];
    }),
  );
}
