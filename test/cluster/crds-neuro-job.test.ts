import { beforeAll, describe, expect, test } from 'vitest';
import { accepted, onApply, onCreate, onMerge } from '../support/api-verdict.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';
import { everything, instead, otherwise, refused, taken } from './crds-neuro-job-cases.ts';

let kube: TestCluster;
let namespace: string;
let count = 0;

beforeAll(async () => {
  kube = await testCluster();
  namespace = await kube.makeNamespace('crds');
});

function job(spec: Record<string, unknown>, name = `j-${++count}`) {
  return {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroJob',
    metadata: { name, namespace },
    spec: { image: 'busybox:1', ...spec },
  };
}

describe('a NeuroJob is accepted', () => {
  test.each(taken)('%s', async (_case, spec) => {
    expect(await onCreate(kube, job(spec))).toEqual(accepted);
  });

  test('and kubectl prints no warning', async () => {
    const text = taken.map(([, spec]) => JSON.stringify(job(spec))).join('\n---\n');
    const made = await kube.kubectl('admin', ['create', '--dry-run=server', '-f', '-'], text);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout.trim().split('\n')).toHaveLength(taken.length);
  });
});

describe('a NeuroJob is refused with a sentence', () => {
  test.each(refused)('%s', async (_case, spec, sentence) => {
    const verdict = await onCreate(kube, job(spec));
    expect(verdict.message).toMatch(sentence);
    expect(verdict.accepted).toBe(false);
  });

  test('with http and a name that no Service can have', async () => {
    const verdict = await onCreate(kube, job({ http: { port: 80 } }, '1.job'));
    expect(verdict.message).toMatch(/spec\.http: .*gives its name to a Service.*found '1\.job'/);
    expect(verdict.accepted).toBe(false);
  });

  test('with a name that no node can run in any namespace', async () => {
    const verdict = await onCreate(kube, job({}, 'n'.repeat(217)));
    expect(verdict.message).toMatch(
      /metadata\.name: .*namespace and name together have at most 217.*this name has 217/,
    );
    expect(verdict.accepted).toBe(false);
  });

  test.each(['envFrom', 'initContainers', 'hostPath', 'template', 'privileged', 'nodeName'])(
    'with the field %s of a Pod, which a job does not have',
    async (field) => {
      const verdict = await onCreate(kube, job({ [field]: 'x' }));
      expect(verdict.message).toContain(`unknown field "spec.${field}"`);
      expect(verdict.accepted).toBe(false);
    },
  );
});

describe('changing a NeuroJob', () => {
  const applyJob = (name: string, spec: Record<string, unknown>) => onApply(kube, job(spec, name));

  beforeAll(async () => {
    expect(await applyJob('full', everything)).toEqual(accepted);
    expect(await applyJob('empty', {})).toEqual(accepted);
  });

  test('is covered here for every field of the CRD', async () => {
    const explained = await kube.kubectl('admin', ['explain', 'neurojob.spec']);
    const fields = [...explained.stdout.matchAll(/^ {2}(\w+)\t/gm)].map(([, field]) => field);
    expect(fields.sort()).toEqual([...Object.keys(otherwise), ...Object.keys(instead), 'cancel'].sort());
    expect(Object.keys(otherwise).sort()).toEqual([...Object.keys(everything), 'image'].sort());
  });

  test.each(Object.keys(otherwise))('is refused for %s, whether it is changed, added or removed', async (field) => {
    const { [field]: value, ...rest } = everything;
    const refusal = { accepted: false, message: expect.stringContaining(`spec.${field}: Invalid value: `) };
    expect(await applyJob('full', { ...everything, [field]: otherwise[field] })).toMatchObject(refusal);
    if (field === 'image') return;
    expect(await applyJob('full', rest)).toMatchObject(refusal);
    expect(await applyJob('empty', { [field]: value })).toMatchObject(refusal);
  });

  test.each(Object.entries(instead))('is refused for %s too', async (field, [otherField, value, other]) => {
    const { [otherField]: _other, ...rest } = everything;
    const name = `full-${field.toLowerCase()}`;
    expect(await applyJob(name, { ...rest, [field]: value })).toEqual(accepted);
    const refusal = { accepted: false, message: expect.stringContaining(`spec.${field}: Invalid value: `) };
    expect(await applyJob(name, { ...rest, [field]: other })).toMatchObject(refusal);
    expect(await applyJob(name, rest)).toMatchObject(refusal);
    expect(await applyJob('empty', { [field]: value })).toMatchObject(refusal);
  });

  test('is refused where one field goes and another comes', async () => {
    const refusal = { accepted: false, message: expect.stringContaining('one field cannot be exchanged for another') };
    expect(await applyJob('exchange', { workingDir: '/work' })).toEqual(accepted);
    expect(await applyJob('exchange', { tty: true })).toMatchObject(refusal);
    expect(await applyJob('exchange', { cancel: true })).toMatchObject(refusal);
  });

  test('is refused where a status with other fields is written beside it', async () => {
    expect(await applyJob('beside', { workingDir: '/work' })).toEqual(accepted);
    const status = { phase: 'Running', reason: 'Running' };
    const exchanged = { ...job({ workingDir: null, tty: true }, 'beside'), status };
    expect(await onMerge(kube, exchanged)).toEqual({
      accepted: false,
      message: expect.stringMatching(/spec: .*one field cannot be exchanged for another/),
    });
  });

  test('is refused for cancel of a template, which never runs', async () => {
    expect(await onApply(kube, job({ suspend: true }, 'template'))).toEqual(accepted);
    const verdict = await onApply(kube, job({ suspend: true, cancel: true }, 'template'));
    expect(verdict).toMatchObject({
      accepted: false,
      message: expect.stringMatching(/spec\.cancel: .*nothing to cancel/),
    });
  });

  test('is allowed for cancel, from false to true, and not back', async () => {
    expect(await onApply(kube, job({}, 'kill'))).toEqual(accepted);
    expect(await onApply(kube, job({ cancel: false }, 'kill'))).toEqual(accepted);
    expect(await onApply(kube, job({ cancel: true }, 'kill'))).toEqual(accepted);
    for (const spec of [{ cancel: false }, {}]) {
      const verdict = await onApply(kube, job(spec, 'kill'));
      expect(verdict.message).toMatch(/spec\.cancel: .*cannot be taken back/);
      expect(verdict.accepted).toBe(false);
    }
  });
});
