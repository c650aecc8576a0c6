/** Takes one step for a grant: creates native RBAC by POST, and changes it only in the state that was decided on. */
import { FIELD_MANAGERS, GROUP, KINDS, VERB_COPY, VERB_SHARE } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import {
  isKernelError,
  subjectAccessReviews,
  type KubeClient,
  type KubeObject,
  type Informer,
  type ObjectKey,
} from '../../kernel/index.ts';
import { sentenceOf } from '../failure.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { RoleBindingView } from '../rbac-views.ts';
import type { Role, RoleBinding } from '../resources.ts';
import { identityOfSubject } from '../subjects.ts';
import type { SecretGrantView } from '../views.ts';
import type { Watched } from '../watched.ts';
import type { WriteRates } from '../write-rates.ts';
import {
  desiredText,
  kindOf,
  postponableBytes,
  roleBindingOf,
  roleOf,
  type Bound,
  type BoundKind,
  type DesiredBinding,
} from './bindings.ts';
import type { GranterRechecks } from './granter-rechecks.ts';
import type { GrantInput, GrantStep } from './plan.ts';

export interface ActDependencies {
  readonly client: KubeClient;
  readonly watched: Pick<Watched, 'roles' | 'roleBindings'>;
  readonly repairs: RepairLimiter;
  readonly rates: Pick<WriteRates, 'change'>;
  readonly rechecks: GranterRechecks;
}

type Learned = Partial<GrantInput> | undefined;

export async function act(
  deps: ActDependencies,
  step: GrantStep,
  input: GrantInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { grant } = input;
  if (step.do === 'remove') {
    await Promise.all(step.bound.map((bound) => remove(deps, bound, signal)));
    return { hidden: (input.hidden ?? []).filter((bound) => !step.bound.includes(bound)) };
  }
  if (grant === undefined) return undefined;
  switch (step.do) {
    case 'ask-granter':
      return {
        granterMayShare: await mayShare(deps.client, grant, signal),
        granterRecheckMs: deps.rechecks.pauseMs(input.key, input.cause),
      };
    case 'look-for-hidden':
      return { hidden: await lookFor(deps.watched, grant, step.names, signal) };
    case 'create':
    case 'patch':
    case 'replace':
      return write(deps, step, grant, input, signal);
    default:
      return step satisfies never;
  }
}

export function describe(step: GrantStep): string {
  switch (step.do) {
    case 'ask-granter':
      return 'asking whether the granter may share';
    case 'look-for-hidden':
      return 'reading the Role and RoleBinding';
    case 'remove':
      return `removing the ${step.bound[0] === undefined ? 'RoleBinding' : kindOf(step.bound[0])} of access that has ended`;
    case 'replace':
      return `replacing the RoleBinding '${step.desired.name}'`;
    default:
      return `${step.do === 'create' ? 'creating' : 'changing'} the ${step.kind} '${step.desired.name}'`;
  }
}

async function mayShare(
  client: KubeClient,
  { metadata, spec }: SecretGrantView,
  signal: AbortSignal,
): Promise<boolean> {
  if (spec.grantedBy === undefined) return true;
  const { user, groups } = identityOfSubject(spec.grantedBy);
  const holds = async (verb: string): Promise<boolean> => {
    const resourceAttributes = {
      verb,
      group: GROUP,
      resource: KINDS.UserSecret.plural,
      namespace: metadata.namespace,
      ...defined({ name: spec.secret }),
    };
    const { allowed } = await client.review(subjectAccessReviews, { user, groups, resourceAttributes }, { signal });
    return allowed;
  };
  if (!(await holds(VERB_SHARE))) return false;
  return spec.access !== 'copy' || holds(VERB_COPY);
}

/** Reads the objects that the status names and no watch shows: somebody removed our label or the owner reference. */
async function lookFor(
  { roles, roleBindings }: ActDependencies['watched'],
  { metadata }: SecretGrantView,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Bound[]> {
  const read = async <Raw extends KubeObject, View extends Bound>(informer: Informer<Raw, View>, name: string) => {
    const object = await informer.read({ namespace: metadata.namespace, name }, signal);
    return object === undefined ? undefined : informer.project(object);
  };
  const found = await Promise.all(names.flatMap((name) => [read(roleBindings, name), read(roles, name)]));
  return found.filter((bound) => bound !== undefined).filter((bound) => bound.ownerUid === metadata.uid);
}

async function remove({ watched }: ActDependencies, bound: Bound, signal: AbortSignal): Promise<void> {
  const { metadata } = bound;
  if (!('subjects' in bound)) {
    await watched.roles.delete(metadata, { uid: metadata.uid, signal });
    return;
  }
  // Somebody's finalizer could keep it in force after the delete, without a limit.
  if (bound.isHeld && (bound.hasTooManySubjects || (bound.subjects ?? []).length > 0)) {
    const { resourceVersion } = metadata;
    const options = { fieldManager: FIELD_MANAGERS.secretGrant, signal };
    await watched.roleBindings.patch(metadata, { metadata: { resourceVersion }, subjects: null }, options);
  }
  await watched.roleBindings.delete(metadata, { uid: metadata.uid, signal });
}

async function write(
  { watched, repairs, rates }: ActDependencies,
  step: Extract<GrantStep, { readonly desired: DesiredBinding }>,
  grant: SecretGrantView,
  input: GrantInput,
  signal: AbortSignal,
): Promise<Learned> {
  const options = { fieldManager: FIELD_MANAGERS.secretGrant, signal };
  const { namespace, name: grantName } = grant.metadata;
  const ref = { namespace, name: step.desired.name };
  const kind: BoundKind = step.do === 'replace' ? 'RoleBinding' : step.kind;
  if (kind === 'RoleBinding' && step.do !== 'replace') {
    const existing = step.do === 'create' ? undefined : (step.existing as RoleBindingView);
    const waitMs = rates.change.take(namespace, postponableBytes(existing, step.desired));
    if (waitMs > 0) return { heldBackMs: waitMs };
  }
  const informer = (kind === 'Role' ? watched.roles : watched.roleBindings) as Informer<KubeObject, Bound>;
  const object: Omit<Role | RoleBinding, 'apiVersion' | 'kind'> =
    kind === 'Role' ? roleOf(grant, step.desired) : roleBindingOf(grant, step.desired);
  try {
    switch (step.do) {
      case 'create':
        await informer.create(object, options);
        break;
      case 'patch':
        await informer.patch(ref, step.patch, options);
        break;
      case 'replace': {
        const { uid, resourceVersion } = step.existing.metadata;
        await informer.delete(ref, { uid, resourceVersion, signal });
        await informer.create(object, options);
        break;
      }
      default:
        step satisfies never;
    }
  } catch (error) {
    if (isKernelError(error, 'AlreadyExists')) return { read: await withRead(informer, kind, ref, input, signal) };
    if (!isKernelError(error, 'Forbidden', 'Invalid')) throw error;
    return {
      refused: `the API server refuses the Role or RoleBinding '${ref.name}': ${sentenceOf(error.message)}`,
    };
  }
  const key: ObjectKey = `${namespace}/${grantName}`;
  const writtenFor = desiredText(grant, input.homes);
  if (input.written === undefined) repairs.wrote(key, writtenFor);
  return { written: new Set([...(input.written ?? []), `${kind}/${ref.name}`]), writtenFor };
}

/** Reads the object that has the name. No watch shows it, because it does not have our label. */
async function withRead(
  informer: Informer<KubeObject, Bound>,
  kind: BoundKind,
  ref: { readonly namespace: string; readonly name: string },
  { read = new Map() }: GrantInput,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Bound>> {
  const object = await informer.read(ref, signal);
  const bound = object === undefined ? undefined : informer.project(object);
  return bound === undefined ? read : new Map([...read, [`${kind}/${ref.name}`, bound]]);
}
