/** The state of a job in words. */
import { expect, test } from 'vitest';
import '../../../support/console/english.ts';
import type { NeuroJob } from '../../../../src/api/index.ts';
import { isFinished } from '../../../../src/client/index.ts';
import { hasOutput, jobWords } from '../../../../src/console/web/jobs/job-words.ts';

const job = (status?: NeuroJob['status']): NeuroJob => ({
  metadata: { name: 'a', namespace: 'alice' },
  spec: { image: 'x' },
  ...(status === undefined ? {} : { status }),
});

test.each<[NeuroJob['status'], string, string]>([
  [undefined, 'Pending', 'gray'],
  [{ phase: 'Pending', reason: 'Scheduling' }, 'Pending: looking for a node', 'gray'],
  [{ phase: 'Pending', reason: 'MissingSecrets' }, 'Pending: secrets are missing', 'yellow'],
  [{ phase: 'Pending', reason: 'ImagePullBackOff' }, 'Pending: the image cannot be pulled, retrying', 'yellow'],
  [{ phase: 'Running' }, 'Running', 'blue'],
  [{ phase: 'Running', reason: 'Restarting' }, 'Running: restarting', 'yellow'],
  [{ phase: 'Succeeded', reason: 'Completed' }, 'Succeeded', 'green'],
  [{ phase: 'Failed', reason: 'Error', exitCode: 3 }, 'Failed: exit code 3', 'red'],
  [{ phase: 'Failed', reason: 'OOMKilled' }, 'Failed: out of memory', 'red'],
  [{ phase: 'Failed', reason: 'SomethingNew' }, 'Failed: SomethingNew', 'red'],
  [{ phase: 'Cancelled', reason: 'UserRequested' }, 'Cancelled: killed', 'gray'],
  [{ phase: 'Cancelled', reason: 'AccessRevoked' }, 'Cancelled: access to a secret was revoked', 'gray'],
])('%j is "%s" in %s', (status, short, tone) => {
  expect(jobWords(job(status))).toMatchObject({ short, tone });
});

test('the operator’s own sentence is kept as it is', () => {
  const message = "Missing secrets: 'secret:/alice/db'";
  expect(jobWords(job({ phase: 'Failed', reason: 'MissingSecrets', message })).sentence).toBe(message);
});

test.each<[NonNullable<NeuroJob['status']>, boolean]>([
  [{ phase: 'Failed', reason: 'Error', exitCode: 3 }, true],
  [{ phase: 'Failed', reason: 'OOMKilled', exitCode: 137 }, true],
  // Its container was stopped, and the message says why.
  [{ phase: 'Failed', reason: 'NotFound', exitCode: 143 }, false],
  [{ phase: 'Failed', reason: 'Evicted', exitCode: 143 }, false],
  [{ phase: 'Failed', reason: 'CreateContainerConfigError', exitCode: 1 }, false],
  [{ phase: 'Succeeded', reason: 'Completed', exitCode: 0 }, false],
])('the message of %j is what the container said: %s', (status, expected) => {
  expect(hasOutput(job(status))).toBe(expected);
});

test('three phases are the last', () => {
  const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'] as const;
  expect(phases.filter((phase) => isFinished(job({ phase })))).toEqual(['Succeeded', 'Failed', 'Cancelled']);
});
