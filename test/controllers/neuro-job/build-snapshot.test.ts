import { describe, expect, test } from 'vitest';
import type { NeuroJobSpec } from '../../../src/api/index.ts';
import { ANNOTATION_SNAPSHOT, joinPair, type TlsPart } from '../../../src/api/index.ts';
import { createFingerprint } from '../../../src/controllers/fingerprint.ts';
import {
  SnapshotBuilder,
  readSnapshot,
  partKey,
  refuseValue,
  wantedOf,
  type ReadValue,
} from '../../../src/controllers/neuro-job/build-snapshot.ts';
import { provenSnapshot } from '../../../src/controllers/snapshot-record.ts';
import { newPair, pairData } from '../../support/certificate-pair.ts';
import { aJob, aWholeJob } from './builders.ts';

const fingerprint = createFingerprint(new Uint8Array(32));

function aValue(name: string, bytes: Uint8Array | string, type = 'Opaque'): ReadValue {
  const base64 = Buffer.from(bytes).toString('base64');
  return { ref: { namespace: 'alice', name }, uid: `uid-${name}`, key: name.toUpperCase(), version: 'v', type, base64 };
}

/** All native Secrets of a snapshot, in the order in which they are made. */
function buildSnapshot(job: ReturnType<typeof aJob>, values: readonly ReadValue[]) {
  const builder = new SnapshotBuilder(job, fingerprint);
  const before = values.flatMap((value) => builder.add(value));
  const { snapshot, secret } = builder.finish();
  return { snapshot, secrets: [...before, secret] };
}

/** What the operator makes of the annotations that its first native Secret has. */
function readBack(job: ReturnType<typeof aJob>, annotations: Readonly<Record<string, string>> | undefined) {
  return readSnapshot(job, provenSnapshot(job.metadata.uid, annotations, fingerprint));
}

const from = (name: string) => ({ fromSecret: { namespace: 'alice', name } });

test('one immutable Secret holds what the job needs, and says what it holds', () => {
  const job = aJob({ env: [{ name: 'A', ...from('a') }], files: [{ path: '/b', ...from('b') }] });
  const { snapshot, secrets } = buildSnapshot(job, [aValue('a', 'one'), aValue('b', Buffer.from([0, 255]))]);
  expect(secrets.length).toBe(1);
  expect(secrets[0]).toMatchObject({
    metadata: { name: 'neuro-job-uid-train', namespace: 'bob', ownerReferences: [{ uid: 'uid-train' }] },
    immutable: true,
    data: { s0: Buffer.from('one').toString('base64'), s1: 'AP8=' },
  });
  const annotations = secrets[0]?.metadata.annotations ?? {};
  expect(annotations[ANNOTATION_SNAPSHOT]).not.toContain(Buffer.from('one').toString('base64'));
  expect(readBack(job, annotations)).toEqual(snapshot);
  expect(snapshot.taken[1]).toEqual({
    namespace: 'alice',
    name: 'b',
    uid: 'uid-b',
    key: 'B',
    version: 'v',
    secretName: 'neuro-job-uid-train',
    dataKey: 's1',
  });
});

test('what does not fit into one goes into more, and the one that lists all is created last', () => {
  const job = aJob({ files: ['a', 'b', 'c'].map((name) => ({ path: `/${name}`, ...from(name) })) });
  const large = Buffer.alloc(600 * 1024, 1);
  const { snapshot, secrets } = buildSnapshot(job, [aValue('a', large), aValue('b', large), aValue('c', 'small')]);
  expect(secrets.map(({ metadata }) => metadata.name)).toEqual(['neuro-job-uid-train-1', 'neuro-job-uid-train']);
  expect(secrets.map(({ data }) => Object.keys(data ?? {}))).toEqual([['s0'], ['s1', 's2']]);
  expect(snapshot.taken.map(({ secretName }) => secretName)).toEqual([
    'neuro-job-uid-train-1',
    'neuro-job-uid-train',
    'neuro-job-uid-train',
  ]);
});

test('values of a Secret that is full are handed out before the next one is taken', () => {
  const names = Array.from({ length: 32 }, (_, index) => `n${index}`);
  const job = aJob({ files: names.map((name) => ({ path: `/${name}`, ...from(name) })) });
  const builder = new SnapshotBuilder(job, fingerprint);
  const most = names.map((name) => builder.add(aValue(name, Buffer.alloc(1024 * 1024, 1))).length);
  expect(most).toEqual([0, ...Array.from({ length: 31 }, () => 1)]);
  const { snapshot, secret } = builder.finish();
  expect(Object.keys(secret.data ?? {})).toEqual(['s31']);
  expect(new Set(snapshot.taken.map(({ secretName }) => secretName)).size).toBe(32);
});

test('each credential for pulling the image gets a Secret of its type', () => {
  const type = 'kubernetes.io/dockerconfigjson';
  const job = aJob({ imagePullSecrets: ['a', 'b'].map((name) => ({ namespace: 'alice', name })) });
  const { secrets, snapshot } = buildSnapshot(job, [aValue('a', '{"a":1}', type), aValue('b', '{"b":2}', type)]);
  expect(secrets.map(({ metadata, type: made, data }) => [metadata.name, made, data])).toEqual([
    ['neuro-job-uid-train-pull', type, { '.dockerconfigjson': Buffer.from('{"a":1}').toString('base64') }],
    ['neuro-job-uid-train-pull-1', type, { '.dockerconfigjson': Buffer.from('{"b":2}').toString('base64') }],
    ['neuro-job-uid-train', 'Opaque', {}],
  ]);
  expect(readBack(job, secrets[2]?.metadata.annotations)).toEqual(snapshot);
});

test('values of exactly 1 MiB fit into one', () => {
  const job = aJob({ files: ['a', 'b'].map((name) => ({ path: `/${name}`, ...from(name) })) });
  const half = Buffer.alloc(512 * 1024, 1);
  expect(buildSnapshot(job, [aValue('a', half), aValue('b', half)]).secrets.length).toBe(1);
});

test('credentials for the image are a Secret of their own, which the container does not get', () => {
  const job = aJob({ imagePullSecret: { namespace: 'alice', name: 'registry' } });
  const { snapshot, secrets } = buildSnapshot(job, [aValue('registry', '{}', 'kubernetes.io/dockerconfigjson')]);
  expect(secrets.map(({ metadata, type, data }) => [metadata.name, type, Object.keys(data ?? {})])).toEqual([
    ['neuro-job-uid-train-pull', 'kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
    ['neuro-job-uid-train', 'Opaque', []],
  ]);
  expect(snapshot.taken[0]?.dataKey).toBeUndefined();
});

describe('an annotation that the operator did not write is no snapshot', () => {
  const job = aJob({ env: [{ name: 'A', ...from('a') }] });
  const { snapshot, secrets } = buildSnapshot(job, [aValue('a', 'one')]);
  const right = secrets[0]?.metadata.annotations ?? {};
  const other = JSON.stringify([...snapshot.taken, { ...snapshot.taken[0], namespace: 'carol', name: 'never-used' }]);
  const ofAnother = new SnapshotBuilder(aJob({}, {}, { uid: 'uid-of-another' }), fingerprint).finish();
  test.each<[string, Readonly<Record<string, string>>]>([
    ['none', {}],
    ['without a proof', { [ANNOTATION_SNAPSHOT]: right[ANNOTATION_SNAPSHOT] ?? '' }],
    ['with a secret that was not taken', { ...right, [ANNOTATION_SNAPSHOT]: other }],
    ['of another job', ofAnother.secret.metadata.annotations ?? {}],
  ])('%s', (_, annotations) => {
    expect(readBack(job, right)).toEqual(snapshot);
    expect(readBack(job, annotations)).toBeUndefined();
  });
});

describe('values that cannot be what the job wants', () => {
  const asVariable: Partial<NeuroJobSpec> = { env: [{ name: 'TOKEN', ...from('a') }] };
  const asFile: Partial<NeuroJobSpec> = { files: [{ path: '/a', ...from('a') }] };
  const asPull: Partial<NeuroJobSpec> = { imagePullSecret: { namespace: 'alice', name: 'a' } };
  const asPulls: Partial<NeuroJobSpec> = { imagePullSecrets: [{ namespace: 'alice', name: 'a' }] };
  const most = 128 * 1024 - 'TOKEN='.length - 1;
  test.each<[string, Partial<NeuroJobSpec>, ReadValue, boolean]>([
    ['text as a variable', asVariable, aValue('a', 'grüße\n'), true],
    ['bytes that are not UTF-8 as a variable', asVariable, aValue('a', Buffer.from([0xc3])), false],
    ['a NUL as a variable', asVariable, aValue('a', 'a\0b'), false],
    ['the longest variable', asVariable, aValue('a', 'x'.repeat(most)), true],
    ['one byte more', asVariable, aValue('a', 'x'.repeat(most + 1)), false],
    ['any bytes as a file', asFile, aValue('a', Buffer.from([0, 0xc3])), true],
    ['a large file', asFile, aValue('a', 'x'.repeat(500_000)), true],
    ['credentials of the right type', asPull, aValue('a', '{"auths":{}}', 'kubernetes.io/dockerconfigjson'), true],
    ['credentials of another type', asPull, aValue('a', '{"auths":{}}'), false],
    ['one of several credentials, of another type', asPulls, aValue('a', '{"auths":{}}'), false],
    ['credentials that are not JSON', asPull, aValue('a', 'x', 'kubernetes.io/dockerconfigjson'), false],
  ])('%s', (_, spec, value, isFine) => {
    const refusal = refuseValue(aJob(spec), aWholeJob(spec), value);
    expect(refusal?.reason).toBe(isFine ? undefined : 'ValueUnusable');
    expect(refusal?.isFinal).toBe(isFine ? undefined : true);
  });

  test('variable and secret are named, and nothing of the value', () => {
    const refusal = refuseValue(aJob(asVariable), aWholeJob(asVariable), aValue('a', 'hunter2\0'));
    expect(refusal?.message).toContain('TOKEN');
    expect(refusal?.message).toContain('secret:/alice/a');
    expect(refusal?.message).not.toContain('hunter2');
  });
});

test('the values of a rotation are in the last one, under their own keys, and count', () => {
  const job = aJob({ files: ['a', 'b'].map((name) => ({ path: `/${name}`, ...from(name) })) });
  const half = Buffer.alloc(512 * 1024, 1);
  const builder = new SnapshotBuilder(job, fingerprint, { next: 'AQI=', previous: 'AQ==' });
  const before = [...builder.add(aValue('a', half)), ...builder.add(aValue('b', half))];
  const { secret, snapshot } = builder.finish();
  expect(before.map(({ data }) => Object.keys(data ?? {}))).toEqual([['s0']]);
  expect(Object.keys(secret.data ?? {})).toEqual(['s1', 'next', 'previous']);
  expect(snapshot.taken.map(({ dataKey }) => dataKey)).toEqual(['s0', 's1']);
});

test('of a certificate pair a snapshot holds the parts that the job names, and no more', async () => {
  const pair = await newPair();
  const value = aValue('web', joinPair({ ...pair, 'ca.crt': '' }), 'kubernetes.io/tls');
  const of = (...parts: readonly (TlsPart | undefined)[]) => {
    const fromParts = parts.map((part) => ({
      fromSecret: { namespace: 'alice', name: 'web', ...(part === undefined ? {} : { part }) },
    }));
    const spec = { files: fromParts.map((file, index) => ({ path: `/${String(index)}`, ...file })) };
    const whole = aWholeJob(spec);
    const builder = new SnapshotBuilder(aJob(spec), fingerprint);
    builder.add(value, wantedOf(whole, value.ref));
    return { refusal: refuseValue(aJob(spec), whole, value), ...builder.finish() };
  };
  const { 'tls.crt': cert, 'tls.key': key } = pairData(pair);
  expect(of('tls.key', 'tls.crt').secret.data).toEqual({
    [partKey('s0', 'tls.crt')]: cert,
    [partKey('s0', 'tls.key')]: key,
  });
  expect(Object.keys(of('tls.crt', undefined).secret.data ?? {})).toEqual(['s0', 's0-tls.crt']);
  expect(of('ca.crt').refusal?.message).toBe("the certificate pair 'secret:/alice/web' has no ca.crt");
  const spec = { env: [{ name: 'C', fromSecret: { namespace: 'alice', name: 'a', part: 'tls.crt' as const } }] };
  expect(refuseValue(aJob(spec), aWholeJob(spec), aValue('a', 'x'))?.message).toContain('only a UserSecret of type');
});
