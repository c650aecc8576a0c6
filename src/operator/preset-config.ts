/** A preset of the configuration: what a job of that size gets. Everything in it ends up in Pods, so all of it is checked. */
import { isQuantity } from '../api/index.ts';
import { mapOf, record, text, wrong } from './config-fields.ts';

type Amounts = Readonly<Record<string, string>>;

export interface Preset {
  readonly resources?: { readonly limits?: Amounts; readonly requests?: Amounts };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly priorityClassName?: string;
}

type Toleration = Readonly<Record<string, unknown>>;

const tolerationTexts = ['key', 'operator', 'value', 'effect'] as const;

export function readPreset(value: unknown, where: string): Preset {
  const preset = record(value, where, ['resources', 'nodeSelector', 'tolerations', 'priorityClassName']);
  const { resources, nodeSelector, tolerations, priorityClassName } = preset;
  return {
    ...(resources === undefined ? {} : { resources: readResources(resources, `${where}.resources`) }),
    ...(nodeSelector === undefined ? {} : { nodeSelector: mapOf(nodeSelector, `${where}.nodeSelector`, text) }),
    ...(tolerations === undefined ? {} : { tolerations: readTolerations(tolerations, `${where}.tolerations`) }),
    ...(priorityClassName === undefined
      ? {}
      : { priorityClassName: text(priorityClassName, `${where}.priorityClassName`) }),
  };
}

function readResources(value: unknown, where: string): NonNullable<Preset['resources']> {
  const { limits, requests } = record(value, where, ['limits', 'requests']);
  return {
    ...(limits === undefined ? {} : { limits: mapOf(limits, `${where}.limits`, amount) }),
    ...(requests === undefined ? {} : { requests: mapOf(requests, `${where}.requests`, amount) }),
  };
}

/** `cpu: 1` as well as `cpu: '1'`. */
function amount(value: unknown, where: string): string {
  const written = typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string' || !isQuantity(written))
    throw wrong(where, 'an amount such as 500m, 2 or 4Gi', value);
  return written;
}

function readTolerations(value: unknown, where: string): readonly Toleration[] {
  if (!Array.isArray(value)) throw wrong(where, 'a list of tolerations', value);
  return value.map((entry: unknown, index) => {
    const place = `${where}[${String(index)}]`;
    const toleration = record(entry, place, [...tolerationTexts, 'tolerationSeconds']);
    for (const field of tolerationTexts)
      if (toleration[field] !== undefined) text(toleration[field], `${place}.${field}`);
    const seconds = toleration['tolerationSeconds'];
    if (seconds !== undefined && !Number.isInteger(seconds))
      throw wrong(`${place}.tolerationSeconds`, 'a whole number', seconds);
    return toleration;
  });
}
