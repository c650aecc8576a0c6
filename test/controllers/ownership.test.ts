import { describe, expect, it, test } from 'vitest';
import { ANNOTATION_OWNER_UID, API_VERSION } from '../../src/api/index.ts';
import type { ownerUid } from '../../src/controllers/ownership.ts';
import {
  belongsToFormer,
  controllerKey,
  controllerUid,
  isOwnedBy,
  ownerReferenceTo,
  refersTo,
  type Owner,
} from '../../src/controllers/ownership.ts';
import type { OwnerReference } from '../../src/kernel/index.ts';
import { deepFreeze } from '../support/deep-freeze.ts';

const owner: Owner = { kind: 'UserSecret', name: 'a', uid: 'uid-a' };
const reference = ownerReferenceTo(owner);
const owned = (...ownerReferences: OwnerReference[]) => deepFreeze({ namespace: 'alice', ownerReferences });
const annotated = { annotations: { [ANNOTATION_OWNER_UID]: 'uid-a' } };

describe('an object is owned', () => {
  test.each<[string, Parameters<typeof ownerUid>[0], boolean]>([
    ['by its controlling owner reference', owned(reference), true],
    ['by the annotation where nothing controls it', annotated, true],
    [
      'by the annotation beside a reference that does not control',
      { ...annotated, ...owned({ ...reference, uid: 'x', controller: false }) },
      true,
    ],
    [
      'not by the annotation where something else controls it',
      { ...annotated, ...owned({ ...reference, uid: 'x' }) },
      false,
    ],
    ['not by a reference that does not control', owned({ ...reference, controller: false }), false],
    ['not by nothing', {}, false],
  ])('%s', (_case, metadata, expected) => {
    expect(isOwnedBy(metadata, 'uid-a')).toBe(expected);
  });
});

describe('an object belongs to a former object of the name', () => {
  test.each<[string, OwnerReference, boolean]>([
    ['when kind and name are the same and the UID is another', { ...reference, uid: 'uid-former' }, true],
    ['not when it is the present one', reference, false],
    ['not when the name is another', { ...reference, name: 'b', uid: 'uid-former' }, false],
    ['not when the kind is another', { ...reference, kind: 'ConfigMap', uid: 'uid-former' }, false],
    ['not when the group is another', { ...reference, apiVersion: 'example.com/v1', uid: 'uid-former' }, false],
    ['not when it does not control', { ...reference, uid: 'uid-former', controller: false }, false],
  ])('%s', (_case, one, expected) => {
    expect(belongsToFormer(owned(one), owner)).toBe(expected);
  });
});

describe('a reference is to the owner itself', () => {
  test.each<[string, Partial<OwnerReference>, boolean]>([
    ['when all of it is', {}, true],
    ['not with another kind', { kind: 'ConfigMap' }, false],
    ['not with another name', { name: 'b' }, false],
    ['not with another UID', { uid: 'x' }, false],
    ['not with another group', { apiVersion: 'v1' }, false],
    ['not when it does not control', { controller: false }, false],
  ])('%s', (_case, change, expected) => {
    expect(refersTo({ ...reference, ...change }, owner)).toBe(expected);
  });
});

it('finds the key of the controlling object of one kind', () => {
  const grant = ownerReferenceTo({ kind: 'SecretGrant', name: 'g', uid: 'u' });
  expect(controllerKey(owned(grant), 'SecretGrant')).toBe('alice/g');
  expect(controllerKey(owned(reference), 'SecretGrant')).toBeUndefined();
  expect(
    controllerKey(owned({ ...grant, apiVersion: API_VERSION.replace('v1', 'v2') }), 'SecretGrant'),
  ).toBeUndefined();
  expect(controllerUid({})).toBeUndefined();
});
