/** What went wrong, as a sentence and a kind. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import { errorOf } from '../../../../src/console/web/cluster/errors.ts';

test.each<[number, unknown, string, string]>([
  [401, { code: 'SessionExpired', message: 'Your session has ended.' }, 'sessionEnded', 'Your session has ended.'],
  [403, { kind: 'Status', reason: 'Forbidden', message: 'no' }, 'forbidden', 'No.'],
  [
    403,
    {
      kind: 'Status',
      reason: 'Forbidden',
      message:
        'usersecrets.neu.ro is forbidden: User "bob" cannot list resource "usersecrets" in API group "neu.ro" in the namespace "alice"',
    },
    'forbidden',
    'You don’t have permission to list secrets in the namespace alice.',
  ],
  [404, { kind: 'Status', reason: 'NotFound', message: 'not there' }, 'notFound', 'Not there.'],
  [
    404,
    { kind: 'Status', reason: 'NotFound', message: 'neurojobs.neu.ro "train" not found' },
    'notFound',
    'train no longer exists: someone deleted it. Create it again if you still need it.',
  ],
  [409, { reason: 'AlreadyExists', message: 'is there' }, 'exists', 'Is there.'],
  [409, { reason: 'Conflict', message: 'changed' }, 'conflict', 'Changed.'],
  [410, { message: 'too old' }, 'expired', 'Too old.'],
  [502, { code: 'ApiServerUnreachable', message: 'away!' }, 'offline', 'Away!'],
  [500, undefined, 'other', 'The server responded with status 500.'],
])('%d is %j: %s', (status, body, kind, message) => {
  expect(errorOf(status, body)).toMatchObject({ kind, message });
});

test('the sentences of fields are kept by field', () => {
  const error = errorOf(422, {
    message: 'NeuroJob "a" is invalid: …',
    details: { causes: [{ field: 'spec.image', message: 'must not be empty' }] },
  });
  expect([error.kind, error.message, error.fields.get('spec.image')]).toEqual([
    'invalid',
    'Must not be empty.',
    'must not be empty',
  ]);
});

test.each<[string, number, unknown, 'en' | undefined]>([
  ['what the cluster wrote is English', 500, { message: 'etcdserver: request timed out' }, 'en'],
  ['what admission wrote of a field is English', 422, { details: { causes: [{ message: 'must be set' }] } }, 'en'],
  ['a sentence of our own is in the language of the page', 500, undefined, undefined],
  [
    'a refusal in our own words, too',
    403,
    { message: 'x is forbidden: User "bob" cannot list resource "usersecrets" in API group "neu.ro"' },
    undefined,
  ],
])('%s', (_what, status, body, lang) => {
  expect(errorOf(status, body).lang).toBe(lang);
});
