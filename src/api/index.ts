/** The one door of the API layer: types, names, and rules about names. Pure; runs in Node and in the browser. */
export {
  findCondition,
  isConditionTrue,
  removeCondition,
  replaceConditions,
  setCondition,
  type Condition,
  type ConditionState,
} from './conditions.ts';
export type { ObjectMeta, OwnerReference } from './object-meta.ts';
export type { SecretReference } from './secret-reference.ts';
export type * from './v1/neuro-job.ts';
export type * from './v1/secret-grant.ts';
export type * from './v1/user-secret.ts';
