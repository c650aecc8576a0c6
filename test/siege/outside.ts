/**
 * What was written where the attacker may not write: every object of every kind, before and after, in all namespaces but hers, the quiet
 * tenant's, and those that other tests left on the cluster. Left out is what the cluster itself writes all the time.
 */
import type { InCluster } from '../support/in-cluster.ts';

interface Meta {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
}

/** `kind namespace/name` → its version. */
type Standing = ReadonlyMap<string, string>;

/** Written by the cluster itself: heartbeats, the state of Pods, and events. */
const always = new Set([
  'leases',
  'events',
  'nodes',
  'pods',
  'endpoints',
  'endpointslices',
  'replicasets',
  'deployments',
]);
/** In the operator's namespace: when it last looked at its policies. */
const heartbeats = new Set(['configmaps neuro-system/neuro-operator-status']);
/** A home has this list of what is shared with it. The bounds of docs/limits.md hold for it. */
const list = 'configmaps';
const listName = 'neuro-shared-with-me';

/** Namespaces that are there before the siege, but for the cluster's own, which she attacks. */
export async function leftNamespaces({ request }: InCluster, attacked: readonly string[]): Promise<readonly string[]> {
  const { items } = await request<{ readonly items: readonly Meta[] }>({ method: 'GET', path: '/api/v1/namespaces' });
  return items.map(({ metadata }) => metadata.name).filter((name) => !attacked.includes(name));
}

export async function whatStands({ request }: InCluster, insiders: readonly string[]): Promise<Standing> {
  const standing = new Map<string, string>();
  for (const { path, plural } of await served(request)) {
    if (always.has(plural)) continue;
    const { items } = await request<{ readonly items: readonly Meta[] | null }>({
      method: 'GET',
      path,
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    });
    for (const { metadata } of items ?? []) {
      const { namespace = '', name, uid, resourceVersion } = metadata;
      const id = `${plural} ${namespace}/${name}`;
      const place = plural === 'namespaces' ? name : namespace;
      if (insiders.includes(place) || heartbeats.has(id)) continue;
      standing.set(id, `${uid} ${resourceVersion}`);
    }
  }
  return standing;
}

/** Made, changed or gone in between. `homes` have a list, which changes. */
export function changes(before: Standing, after: Standing, homes: readonly string[]): readonly string[] {
  const lists = new Set(homes.map((home) => `${list} ${home}/${listName}`));
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) => before.get(id) !== after.get(id) && !lists.has(id),
  );
}

interface Resource {
  readonly plural: string;
  readonly path: string;
}

async function served(request: InCluster['request']): Promise<readonly Resource[]> {
  interface Group {
    readonly name: string;
    readonly preferredVersion: { readonly version: string };
  }
  interface List {
    readonly resources: readonly {
      readonly name: string;
      readonly namespaced: boolean;
      readonly verbs: readonly string[];
    }[];
  }
  const { groups } = await request<{ readonly groups: readonly Group[] }>({ method: 'GET', path: '/apis' });
  const found: Resource[] = [];
  for (const { name: group, preferredVersion } of [{ name: '', preferredVersion: { version: 'v1' } }, ...groups]) {
    const { version } = preferredVersion;
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    for (const { name, namespaced, verbs } of (await request<List>({ method: 'GET', path })).resources)
      if (namespaced && verbs.includes('list') && !name.includes('/'))
        found.push({ plural: name, path: `${path}/${name}` });
  }
  return found;
}
