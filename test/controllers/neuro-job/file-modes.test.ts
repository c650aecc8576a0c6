import { describe, expect, test } from 'vitest';
import type { NeuroJobSpec } from '../../../src/api/index.ts';
import { defaultModeOf, fileGroupOf, fileModeProblem } from '../../../src/controllers/neuro-job/file-modes.ts';
import { aWholeJob, aNamespace } from './builders.ts';

const fromSecret = { name: 'key' };
const withMode = (mode?: number) => [{ path: '/k', fromSecret, ...(mode === undefined ? {} : { mode }) }];
const claim = [{ mountPath: '/d', persistentVolumeClaim: { claimName: 'c' } }];
const configMap = (mode: number) => [
  { mountPath: '/c', configMap: { name: 'm', items: [{ key: 'k', path: 'p', mode }] } },
];
const restricted = aNamespace({
  metadata: { ...aNamespace().metadata, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

describe('the group of secret files, and their mode where the job names none', () => {
  test.each<[string, Partial<NeuroJobSpec>, number | undefined, number]>([
    ['no files need no group', {}, undefined, 0o444],
    ['our group reads them', { files: withMode() }, 65_532, 0o440],
    ['a mode that a group does not widen keeps it', { files: withMode(0o440) }, 65_532, 0o440],
    [
      'a mode that a group would widen has none, and other files are for all',
      { files: withMode(0o400) },
      undefined,
      0o444,
    ],
    ['a mode with rights for others only has none', { files: withMode(0o004) }, undefined, 0o444],
    [
      'so has a mode of a file of a ConfigMap beside them',
      { files: withMode(), volumes: configMap(0o400) },
      undefined,
      0o444,
    ],
    ['the group of the job', { files: withMode(), securityContext: { fsGroup: 7 } }, 7, 0o440],
    ['root as the group of the job', { files: withMode(), securityContext: { fsGroup: 0 } }, 0, 0o440],
    [
      'all read them where a claim is mounted, whose files a group would change',
      { files: withMode(), volumes: claim },
      undefined,
      0o444,
    ],
  ])('%s', (_, spec, group, mode) => {
    expect([fileGroupOf(aWholeJob(spec)), defaultModeOf(aWholeJob(spec))]).toEqual([group, mode]);
  });
});

describe('a mode that Kubernetes cannot give', () => {
  test.each<[string, Partial<NeuroJobSpec>, RegExp]>([
    [
      '0400 with an fsGroup',
      { files: withMode(0o400), securityContext: { fsGroup: 1 } },
      /'\/k' cannot have mode 0400: .*makes it 0440/,
    ],
    [
      '0400 with an fsGroup, as root too',
      { files: withMode(0o400), securityContext: { fsGroup: 0, runAsUser: 0 } },
      /makes it 0440/,
    ],
    [
      '0400 of a ConfigMap with an fsGroup',
      { volumes: configMap(0o400), securityContext: { fsGroup: 1 } },
      /'\/c\/p' cannot have mode 0400: .*makes it 0440/,
    ],
    ['0700 with an fsGroup', { files: withMode(0o700), securityContext: { fsGroup: 1 } }, /makes it 0740/],
    [
      '0400 for a user',
      { files: withMode(0o400), securityContext: { runAsUser: 1000 } },
      /mode 0400 can be read by root alone.*user 1000/,
    ],
    [
      '0600 for who is not root',
      { files: withMode(0o600), securityContext: { runAsNonRoot: true } },
      /0600 .*not root/,
    ],
  ])('%s is said to be none', (_, spec, problem) => {
    expect(fileModeProblem(aWholeJob(spec), aNamespace())).toMatch(problem);
  });

  test('0400 in a namespace where nobody is root is refused', () => {
    expect(fileModeProblem(aWholeJob({ files: withMode(0o400) }), restricted)).toMatch(/root alone/);
  });

  test.each<[string, Partial<NeuroJobSpec>]>([
    ['0400 for the user of an image, who may be root', { files: withMode(0o400) }],
    ['0400 for root', { files: withMode(0o400), securityContext: { runAsUser: 0 } }],
    ['0440 for a user', { files: withMode(0o440), securityContext: { runAsUser: 1000 } }],
    ['0444 for a user', { files: withMode(0o444), securityContext: { runAsUser: 1000 } }],
    ['0550 with an fsGroup', { files: withMode(0o550), securityContext: { fsGroup: 1 } }],
    ['none with an fsGroup', { files: withMode(), securityContext: { fsGroup: 1, runAsUser: 1000 } }],
  ])('%s is fine', (_, spec) => {
    expect(fileModeProblem(aWholeJob(spec), aNamespace())).toBeUndefined();
  });
});

test('the files of a hook get the group and the mode of other secret files', () => {
  const of = (spec: Partial<NeuroJobSpec>) => {
    const job = aWholeJob(spec);
    return [fileGroupOf(job, { isHook: true }), defaultModeOf(job, { isHook: true })];
  };
  expect(of({})).toEqual([65_532, 0o440]);
  expect(of({ securityContext: { fsGroup: 7 } })).toEqual([7, 0o440]);
  expect(of({ volumes: claim })).toEqual([undefined, 0o444]);
});
