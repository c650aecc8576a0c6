/** A preset is a named set of what a Pod needs, from the operator's configuration. What the job says itself wins over it. */
import type { NeuroJobSpec } from '../../api/index.ts';
import { defined } from '../../defined.ts';

export interface Preset {
  readonly resources?: {
    readonly limits?: Readonly<Record<string, number | string>>;
    readonly requests?: Readonly<Record<string, number | string>>;
  };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  readonly priorityClassName?: string;
}

type Placement = Pick<NeuroJobSpec, 'nodeSelector' | 'priorityClassName'> & {
  readonly resources?: Resources;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
};
type Resources = NonNullable<Preset['resources']>;

/**
 * Where and with how much the job runs. A resource that the job names, as a request or as a limit, is the job's alone:
 * a preset's limit below the job's request would make a Pod that nobody accepts. Tolerations add up.
 */
export function placementOf(spec: NeuroJobSpec, preset: Preset = {}): Placement {
  const resources = resourcesOf(spec, preset);
  const nodeSelector = { ...preset.nodeSelector, ...spec.nodeSelector };
  const tolerations = [...(preset.tolerations ?? []), ...((spec.tolerations ?? []) as readonly object[])];
  const priorityClassName = spec.priorityClassName ?? preset.priorityClassName;
  return {
    ...defined({ resources }),
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerations.length === 0 ? {} : { tolerations: tolerations as Readonly<Record<string, unknown>>[] }),
    ...defined({ priorityClassName }),
  };
}

function resourcesOf(spec: NeuroJobSpec, preset: Preset): Resources | undefined {
  const own = spec.resources ?? {};
  const named = new Set([...Object.keys(own.requests ?? {}), ...Object.keys(own.limits ?? {})]);
  const merged = (list: 'requests' | 'limits'): Readonly<Record<string, number | string>> => ({
    ...Object.fromEntries(Object.entries(preset.resources?.[list] ?? {}).filter(([name]) => !named.has(name))),
    ...own[list],
  });
  const [requests, limits] = [merged('requests'), merged('limits')];
  const has = (map: object): boolean => Object.keys(map).length > 0;
  if (!has(requests) && !has(limits)) return undefined;
  return { ...(has(requests) ? { requests } : {}), ...(has(limits) ? { limits } : {}) };
}
