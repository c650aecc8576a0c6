/** The CRDs of today only add to those of every release, so that an upgrade and a step back are safe. */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lossesOf, type Crd, type Schema } from '../support/crd-additions.ts';

const root = new URL('../../', import.meta.url);
const releases = new URL('test/fixtures/releases/', root);

async function crdIn(folder: URL, name: string): Promise<Crd> {
  return parse(await readFile(new URL(name, folder), 'utf8')) as Crd;
}

/**
 * Taken away on purpose. Objects that were there before stay as they are, and the API server takes every change of theirs that leaves
 * the field alone (test/cluster/releases.test.ts). Narrower too, by rules that say one of several sentences and are known by the first:
 * an image holds no invisible characters, no user or group begins with system:, and a value is made again once a minute at most.
 */
const narrowed: Readonly<Record<string, readonly string[]>> = {
  'neurojobs.yaml': [
    // The kubelet makes a folder of namespace, name and UID for every Pod.
    'a new rule: no node can run a job with a name this long; namespace and name together have at most 217 characters',
    // Refused before as well, field by field.
    'a new rule: one field cannot be exchanged for another; create a new NeuroJob (only cancel can be set)',
    // The template was cancelled for ever, and its jobs went on.
    'a new rule: a job with suspend is a template and never runs, so there is nothing to cancel; delete it, or suspend its schedule',
  ],
  'secretgrants.yaml': [
    'a new rule: the name of a user or group has 1 to 512 characters, no space at either end, no control characters and no invisible ones',
  ],
  'usersecrets.yaml': [
    // Asked before by the schema; a certificate pair has none.
    'a new rule: name the key of the Secret; only type kubernetes.io/tls takes a certificate pair without one',
    // The same rule with three more sources, which older objects do not have; and rules about these sources.
    'a new rule: a template cannot be a part of itself; name another UserSecret',
    'a new rule: exactly one of sealed, value, valueBase64, generate, secretKeyRef, configMapKeyRef, template and sharedFrom is needed',
    'a new rule: a copy ends with its UserSecret; deletionPolicy Orphan would keep it without an end',
    // Three thousand secrets that are made again every second keep everybody else waiting.
    'a new rule: a value is made again once a minute at most; write 1m or more',
    // The same rule with one more type.
    "a new rule: this type cannot be used for a user's secret: allowed are Opaque, kubernetes.io/basic-auth, kubernetes.io/ssh-auth, kubernetes.io/dockerconfigjson, kubernetes.io/dockercfg and kubernetes.io/tls. Types that are credentials of the cluster itself (tokens, bootstrap tokens, Helm releases) are refused",
  ],
};

/** Sentences that were written better since. */
const reworded: readonly (readonly [then: string, now: string])[] = [
  ['a job runs as it was made, make another NeuroJob', 'create a new NeuroJob'],
  ['make another NeuroJob', 'create a new NeuroJob'],
  ['make another UserSecret', 'create a new UserSecret'],
  ['delete the grant and make another', 'delete the grant and create a new one'],
];

function inWordsOfToday(crd: Crd): Crd {
  const text = reworded.reduce((said, [then, now]) => said.replaceAll(then, now), JSON.stringify(crd));
  return JSON.parse(text) as Crd;
}

test('nothing of a release is gone, narrower or newly demanded', async () => {
  const versions = (await readdir(releases, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  expect(versions.length).toBeGreaterThan(0);
  for (const { name: version } of versions) {
    const folder = new URL(`${version}/crds/`, releases);
    for (const name of await readdir(folder)) {
      const losses = lossesOf(inWordsOfToday(await crdIn(folder, name)), await crdIn(new URL('crds/', root), name));
      expect({ version, name, losses }).toEqual({ version, name, losses: narrowed[name] ?? [] });
    }
  }
});

describe('the comparison', () => {
  const schema: Schema = {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', format: 'byte', maxLength: 10, enum: ['a', 'b'] },
      list: { type: 'array', items: { type: 'string' } },
    },
    'x-kubernetes-validations': [{ rule: 'self.name != "c"' }],
  };
  const crdOf = (openAPIV3Schema: Schema, more: object = {}): Crd => ({
    spec: {
      group: 'neu.ro',
      scope: 'Namespaced',
      names: { kind: 'K', plural: 'ks', shortNames: ['k'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          selectableFields: [{ jsonPath: '.spec.name' }],
          schema: { openAPIV3Schema },
          ...more,
        },
      ],
    },
  });
  const name = schema.properties?.['name'] ?? {};
  const { format: _format, ...withoutFormat } = name;
  const withName = (changes: Schema): Schema => ({
    ...schema,
    properties: { ...schema.properties, name: { ...name, ...changes } },
  });

  test.each<[string, Crd]>([
    ['the same', crdOf(schema)],
    [
      'another field, with rules of its own',
      crdOf({ ...schema, properties: { ...schema.properties, more: { type: 'string', maxLength: 1, pattern: 'x' } } }),
    ],
    [
      'a rule about a new field on an old object',
      crdOf({
        ...schema,
        properties: { ...schema.properties, more: { type: 'string' } },
        'x-kubernetes-validations': [{ rule: 'has(self.more)', message: 'more', fieldPath: '.more' }],
      }),
    ],
    [
      'a rule that stands elsewhere, with the same sentence',
      crdOf({
        ...withName({ 'x-kubernetes-validations': [{ rule: 'self != "c"', message: 'self.name != "c"' }] }),
        'x-kubernetes-validations': [],
      }),
    ],
    ['a wider limit', crdOf(withName({ maxLength: 20 }))],
    ['one more value', crdOf(withName({ enum: ['a', 'b', 'c'] }))],
    ['a format that is gone', crdOf({ ...schema, properties: { ...schema.properties, name: withoutFormat } })],
    ['what is demanded no longer', crdOf({ ...schema, required: [], 'x-kubernetes-validations': [] })],
    [
      'one more way to select',
      crdOf(schema, { selectableFields: [{ jsonPath: '.spec.name' }, { jsonPath: '.spec.list' }] }),
    ],
  ])('lets pass: %s', (_what, today) => {
    expect(lossesOf(crdOf(schema), today)).toEqual([]);
  });

  test.each<[string, Crd, string]>([
    ['a field that is gone', crdOf({ ...schema, properties: { name } }), '.list is gone'],
    ['another type', crdOf(withName({ type: 'integer' })), '.name: type was string and is integer'],
    [
      'a type of items',
      crdOf({ ...schema, properties: { ...schema.properties, list: { type: 'array', items: { type: 'integer' } } } }),
      '.list[]: type was string and is integer',
    ],
    ['a narrower limit', crdOf(withName({ maxLength: 5 })), '.name: maxLength was 10 and is 5'],
    ['a limit where there was none', crdOf(withName({ minLength: 1 })), '.name: minLength was nothing and is 1'],
    ['a value that is gone', crdOf(withName({ enum: ['a'] })), '.name: value b'],
    ['another format', crdOf(withName({ format: 'date' })), '.name: format was byte and is date'],
    ['a pattern where there was none', crdOf(withName({ pattern: 'x' })), '.name: pattern was nothing and is x'],
    [
      'a field that is required now',
      crdOf({ ...schema, required: ['name', 'list'] }),
      'the object: is required now list',
    ],
    [
      'a new rule',
      crdOf({ ...schema, 'x-kubernetes-validations': [{ rule: 'self.name != "c"' }, { rule: 'false' }] }),
      'a new rule: false',
    ],
    [
      'a new sentence on an old field',
      crdOf(withName({ 'x-kubernetes-validations': [{ rule: 'self != "d"', message: 'not d' }] })),
      'a new rule: not d',
    ],
    ['a way to select that is gone', crdOf(schema, { selectableFields: [] }), 'selectable field .spec.name'],
    ['a version that is not served', crdOf(schema, { served: false }), 'version v1 is not served'],
  ])('sees %s', (_what, today, loss) => {
    expect(lossesOf(crdOf(schema), today)).toEqual([loss]);
  });
});
