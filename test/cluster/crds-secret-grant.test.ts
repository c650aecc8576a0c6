import { beforeAll, describe, expect, test } from 'vitest';
import { accepted, onApply, onCreate } from '../support/api-verdict.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';

let kube: TestCluster;
let namespace: string;
let count = 0;

beforeAll(async () => {
  kube = await testCluster();
  namespace = await kube.makeNamespace('crds');
});

function grant(spec: Record<string, unknown>, name = `g-${++count}`) {
  return { apiVersion: 'neu.ro/v1', kind: 'SecretGrant', metadata: { name, namespace }, spec };
}

const bob = { kind: 'User', name: 'bob' };

describe('a SecretGrant is accepted', () => {
  test.each<[string, Record<string, unknown>]>([
    ['for a user', { secret: 'db-password', subject: bob }],
    ['for every secret', { subject: bob }],
    [
      'for a user of an identity provider',
      { secret: 's', subject: { kind: 'User', name: 'https://id.example.com#Bob' } },
    ],
    ['for a group', { secret: 's', subject: { kind: 'Group', name: 'oidc:ml team' } }],
    ['for a service account', { secret: 's', subject: { kind: 'ServiceAccount', name: 'build', namespace: 'ci' } }],
    ['for a namespace', { secret: 's', subject: { kind: 'Namespace', name: 'ci' } }],
    [
      'with access, expiry and reason',
      { secret: 's', subject: bob, access: 'manage', expiresAt: '2027-01-31T18:00:00Z', description: 'd' },
    ],
    ['with an expiry that has passed', { secret: 's', subject: bob, expiresAt: '2020-01-01T00:00:00Z' }],
    ['with an expiry in another time zone', { secret: 's', subject: bob, expiresAt: '2027-01-31T18:00:00.5+02:00' }],
    ['with an expiry on a leap day', { secret: 's', subject: bob, expiresAt: '2028-02-29T00:00:00Z' }],
    ['granted by a user', { secret: 's', subject: bob, grantedBy: { kind: 'User', name: 'alice' } }],
    [
      'granted by a group',
      { secret: 's', subject: bob, grantedBy: { kind: 'Group', name: 'system:serviceaccounts:ci' } },
    ],
    [
      'granted by a service account',
      { secret: 's', subject: bob, grantedBy: { kind: 'ServiceAccount', name: 'build', namespace: 'ci' } },
    ],
    ['for a user in an alphabet of their own', { secret: 's', subject: { kind: 'User', name: 'Zoë Ключ 鍵' } }],
    [
      'with an expiry on the leap day of a century',
      { secret: 's', subject: bob, expiresAt: '2000-02-29T23:59:59+23:59' },
    ],
    ['with an expiry in the year 9999', { secret: 's', subject: bob, expiresAt: '9999-12-31T23:59:59Z' }],
  ])('%s', async (_case, spec) => {
    expect(await onCreate(kube, grant(spec))).toEqual(accepted);
  });
});

describe('a SecretGrant is refused with a sentence', () => {
  const subject = (value: Record<string, unknown>) => ({ secret: 's', subject: value });
  const expiry = (expiresAt: unknown) => ({ secret: 's', subject: bob, expiresAt });
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['without a subject', { secret: 's' }, /spec\.subject: Required value/],
    [
      'with an unknown kind',
      subject({ kind: 'Team', name: 'x' }),
      /spec\.subject\.kind: Unsupported value: "Team": .*"User", "Group", "ServiceAccount", "Namespace"/,
    ],
    [
      'for a service account without namespace',
      subject({ kind: 'ServiceAccount', name: 'x' }),
      /spec\.subject\.namespace: .*ServiceAccount needs its namespace; found none/,
    ],
    [
      'for a user with namespace',
      subject({ ...bob, namespace: 'x' }),
      /spec\.subject\.namespace: .*only a subject of kind ServiceAccount has a namespace; found kind User/,
    ],
    [
      'for a user without a name',
      subject({ kind: 'User', name: '' }),
      /spec\.subject\.name: .*1 to 512 characters.*found 0/,
    ],
    [
      'for a group with a space before its name',
      subject({ kind: 'Group', name: ' ml' }),
      /spec\.subject\.name: .*no space at either end/,
    ],
    [
      'for a user with a line break',
      subject({ kind: 'User', name: 'a\nb' }),
      /spec\.subject\.name: .*no control characters/,
    ],
    ...['\u009b31m', 'a\u202eb', 'a\u200bb', 'a\ufeffb', 'a\u2066b', 'a\u2028b', 'a\u00adb', 'a\u{e0041}b'].map(
      (name): [string, Record<string, unknown>, RegExp] => [
        `for a user with the hidden character in ${JSON.stringify(name)}`,
        subject({ kind: 'User', name }),
        /spec\.subject\.name: .*no invisible ones/,
      ],
    ),
    [
      'for a service account called a user',
      subject({ kind: 'User', name: 'system:serviceaccount:ci:build' }),
      /spec\.subject\.name: .*is a service account; write kind ServiceAccount, name build, namespace ci/,
    ],
    [
      'for the service accounts of a namespace called a group',
      subject({ kind: 'Group', name: 'system:serviceaccounts:ci' }),
      /spec\.subject\.name: .*of a namespace; write kind Namespace, name ci/,
    ],
    ...[
      'system:serviceaccounts',
      'system:masters',
      'system:authenticated',
      'system:unauthenticated',
      'system:anonymous',
      'system:nodes',
      'system:serviceaccount:ci',
      'system:serviceaccount:ci:build:more',
    ].flatMap((name) =>
      ['User', 'Group'].map((kind): [string, Record<string, unknown>, RegExp] => [
        `for the ${kind} ${name}`,
        subject({ kind, name }),
        /spec\.subject\.name: .*begin with system: belong to Kubernetes itself/,
      ]),
    ),
    [
      'granted by a service account without namespace',
      { ...subject(bob), grantedBy: { kind: 'ServiceAccount', name: 'a' } },
      /spec\.grantedBy\.namespace: .*needs its namespace/,
    ],
    [
      'granted by a user with a namespace',
      { ...subject(bob), grantedBy: { ...bob, namespace: 'ci' } },
      /spec\.grantedBy\.namespace: .*no other kind has one/,
    ],
    [
      'granted by a namespace',
      { ...subject(bob), grantedBy: { kind: 'Namespace', name: 'ci' } },
      /spec\.grantedBy\.kind: Unsupported value: "Namespace"/,
    ],
    [
      'granted by a service account called a user',
      { ...subject(bob), grantedBy: { kind: 'User', name: 'system:serviceaccount:ci:build' } },
      /spec\.grantedBy\.name: .*is a service account/,
    ],
    [
      'granted by a name with a hidden character',
      { ...subject(bob), grantedBy: { kind: 'User', name: 'a\u202eb' } },
      /spec\.grantedBy\.name: .*no invisible ones/,
    ],
    [
      'for a bad service account',
      subject({ kind: 'ServiceAccount', name: 'A', namespace: 'x' }),
      /spec\.subject\.name: .*service account.*found 'A'/,
    ],
    [
      'for a bad namespace of a service account',
      subject({ kind: 'ServiceAccount', name: 'a', namespace: 'a.b' }),
      /spec\.subject\.namespace: Invalid value: "a\.b": the name of a namespace/,
    ],
    [
      'for a bad namespace',
      subject({ kind: 'Namespace', name: 'a.b' }),
      /spec\.subject\.name: .*namespace.*found 'a\.b'/,
    ],
    [
      'for a secret named by its key',
      { secret: 'DB_PASSWORD', subject: bob },
      /spec\.secret: Invalid value: "DB_PASSWORD": .*metadata\.name, not its key/,
    ],
    [
      'for the secret *',
      { secret: '*', subject: bob },
      /spec\.secret: Invalid value: "\*": .*omit secret to share all/,
    ],
    [
      'for a secret without a name',
      { secret: '', subject: bob },
      /spec\.secret: Invalid value: "": .*omit secret to share all/,
    ],
    [
      'with unknown access',
      { secret: 's', subject: bob, access: 'use' },
      /spec\.access: Unsupported value: "use": .*"read", "copy", "write", "manage"/,
    ],
    ['with an expiry that is no time', expiry('tomorrow'), /spec\.expiresAt: Invalid value: "tomorrow": .*RFC 3339/],
    ['with an empty expiry', expiry(''), /spec\.expiresAt: Invalid value: "": .*RFC 3339/],
    ['with an expiry without a time zone', expiry('2027-01-31T18:00:00'), /spec\.expiresAt: .*RFC 3339/],
    ['with an expiry that is a day', expiry('2027-01-31'), /spec\.expiresAt: .*RFC 3339/],
    ['with an expiry on no day', expiry('2027-02-30T00:00:00Z'), /spec\.expiresAt: .*exists in the calendar/],
    [
      'with an expiry on a leap day of a common year',
      expiry('2027-02-29T00:00:00Z'),
      /spec\.expiresAt: .*exists in the calendar/,
    ],
    [
      'with an expiry in no time zone',
      expiry('2027-01-01T00:00:00+24:00'),
      /spec\.expiresAt: .*exists in the calendar/,
    ],
    ['with an expiry at hour 24', expiry('2027-01-01T24:00:00Z'), /spec\.expiresAt: .*exists in the calendar/],
    ['with an expiry in a leap second', expiry('2026-12-31T23:59:60Z'), /spec\.expiresAt: .*exists in the calendar/],
    ['with an expiry on 31 April', expiry('2027-04-31T00:00:00Z'), /spec\.expiresAt: .*exists in the calendar/],
    ['with an expiry in the year 0', expiry('0000-12-31T00:00:00Z'), /spec\.expiresAt: .*exists in the calendar/],
    ['with an expiry before year 1', expiry('0001-01-01T00:00:00+01:00'), /spec\.expiresAt: .*exists in the calendar/],
    [
      'with an expiry after the year 9999',
      expiry('9999-12-31T23:59:59-01:00'),
      /spec\.expiresAt: .*exists in the calendar/,
    ],
    ['with an expiry that is a duration', expiry('7d'), /spec\.expiresAt: Invalid value: "7d": .*RFC 3339/],
  ])('%s', async (_case, spec, sentence) => {
    const verdict = await onCreate(kube, grant(spec));
    expect(verdict.message).toMatch(sentence);
    expect(verdict.accepted).toBe(false);
  });
});

describe('changing a SecretGrant', () => {
  test('is allowed for access, expiry and description', async () => {
    expect(await onApply(kube, grant({ secret: 's', subject: bob }, 'changes'))).toEqual(accepted);
    const changed = grant(
      { secret: 's', subject: bob, access: 'write', expiresAt: '2030-01-01T00:00:00Z', description: 'd' },
      'changes',
    );
    expect(await onApply(kube, changed)).toEqual(accepted);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    ['its secret', { secret: 'a', subject: bob }, { secret: 'b', subject: bob }, /spec\.secret: .*from "a" to "b"/],
    [
      'its secret by removing it',
      { secret: 'a', subject: bob },
      { subject: bob },
      /spec\.secret: .*from "a" to all secrets/,
    ],
    [
      'its secret by adding one',
      { subject: bob },
      { secret: 'a', subject: bob },
      /spec\.secret: .*from all secrets to "a"/,
    ],
    [
      'its subject',
      { secret: 'a', subject: bob },
      { secret: 'a', subject: { kind: 'Group', name: 'bob' } },
      /spec\.subject: .*from User "bob" to Group "bob"/,
    ],
    [
      'its granter',
      { secret: 'a', subject: bob, grantedBy: { kind: 'User', name: 'alice' } },
      { secret: 'a', subject: bob, grantedBy: { kind: 'User', name: 'carol' } },
      /spec\.grantedBy: .*granter cannot be changed/,
    ],
    [
      'its granter by removing it',
      { secret: 'a', subject: bob, grantedBy: { kind: 'User', name: 'alice' } },
      { secret: 'a', subject: bob },
      /spec\.grantedBy: .*granter cannot be changed/,
    ],
    [
      'its granter by adding one',
      { secret: 'a', subject: bob },
      { secret: 'a', subject: bob, grantedBy: { kind: 'User', name: 'alice' } },
      /spec\.grantedBy: .*granter cannot be changed/,
    ],
  ])('is refused for %s', async (_case, before, after, sentence) => {
    const name = `c-${++count}`;
    expect(await onApply(kube, grant(before, name))).toEqual(accepted);
    const verdict = await onApply(kube, grant(after, name));
    expect(verdict.message).toMatch(sentence);
    expect(verdict.accepted).toBe(false);
  });
});

test('SecretGrants are found by secret, subject and access', async () => {
  await kube.apply('admin', grant({ secret: 'found', subject: { kind: 'User', name: 'carol' } }, 'find-me'));
  const selector = 'spec.secret=found,spec.subject.kind=User,spec.subject.name=carol,spec.access=read';
  const found = await kube.kubectl('admin', ['get', 'sg', '-n', namespace, '--field-selector', selector, '-o', 'name']);
  expect(found.stdout.trim()).toBe('secretgrant.neu.ro/find-me');
});
