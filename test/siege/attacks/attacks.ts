/** All attacks, in the order in which the siege makes them. */
import type { Attack } from '../attacker/attack.ts';
import { copies } from './copies.ts';
import { derived } from './derived.ts';
import { endless } from './endless.ts';
import { lists } from './lists.ts';
import { memory } from './memory.ts';
import { mixture } from './mixture.ts';
import { pairs } from './pairs.ts';
import { queues } from './queues.ts';
import { requests } from './requests.ts';
import { schedules } from './schedules.ts';

export const attacks: readonly Attack[] = [
  ...lists,
  ...memory,
  ...queues,
  ...endless,
  ...copies,
  ...derived,
  ...schedules,
  ...pairs,
  ...requests,
];
const all: readonly Attack[] = [...attacks, mixture(attacks)];

export function attackNamed(name: string): Attack {
  const found = all.find((attack) => attack.name === name);
  if (found === undefined)
    throw new RangeError(`no attack ${name}: expected one of ${all.map((each) => each.name).join(', ')}`);
  return found;
}
