/** The identity under which a job's container runs, by the job and by what its namespace demands. */
import { expect, test } from 'vitest';
import { demandsRestricted, jobSecurity, type NeuroJobSecurityContext } from '../../src/api/index.ts';

const seccompProfile = { type: 'RuntimeDefault' };
const all = { drop: ['ALL'] };

test.each<[string, NeuroJobSecurityContext | undefined, boolean, object, object]>([
  ['leaves it to the image', undefined, false, { seccompProfile }, {}],
  [
    'fits a restricted namespace',
    undefined,
    true,
    { seccompProfile, runAsNonRoot: true },
    { allowPrivilegeEscalation: false, capabilities: all },
  ],
  [
    'is what the job says, also in a restricted namespace',
    { runAsUser: 0, runAsNonRoot: false, allowPrivilegeEscalation: true, capabilities: { drop: ['CHOWN'] } },
    true,
    { seccompProfile, runAsUser: 0, runAsNonRoot: false },
    { allowPrivilegeEscalation: true, capabilities: { drop: ['CHOWN'] } },
  ],
])('%s', (_case, own, isRestricted, pod, container) => {
  expect(jobSecurity(own, isRestricted)).toEqual({ pod, container });
});

test.each<[Readonly<Record<string, string>> | undefined, boolean]>([
  [{ 'pod-security.kubernetes.io/enforce': 'restricted' }, true],
  [{ 'pod-security.kubernetes.io/enforce': 'baseline' }, false],
  [{ 'pod-security.kubernetes.io/warn': 'restricted' }, false],
  [undefined, false],
])('a namespace with the labels %j demands restricted Pods: %s', (labels, expected) => {
  expect(demandsRestricted(labels)).toBe(expected);
});
