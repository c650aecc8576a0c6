/** Jobs that borrow a secret of alice, and what others do meanwhile. */
import { secretGrantType } from '../../../src/controllers/resources.ts';
import type { KubeObject, TransportRequest } from '../../../src/kernel/index.ts';
import { borrowed, type JobWorld } from './job-world.ts';

export const borrows = { env: [{ name: 'PASSWORD', fromSecret: borrowed }] };

export const isWrite = ({ method, path }: TransportRequest): boolean =>
  method !== 'GET' && !path.includes('accessreviews');

export const grant = { namespace: 'alice', name: 'to-bob' };

export function addGrant(its: JobWorld, spec: Record<string, unknown> = {}): KubeObject {
  return its.model.put(secretGrantType, {
    metadata: { ...grant, generation: 1 },
    spec: { secret: 'db-password', subject: { kind: 'User', name: 'bob' }, ...spec },
  });
}
