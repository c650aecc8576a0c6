/** What a UserSecret reports while the API server fails or refuses, in front of one without a network. */
import { afterEach, describe, expect, it } from 'vitest';
import { KernelError } from '../../../src/kernel/index.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import { UserSecretWorld } from './user-secret-world.ts';

let world: UserSecretWorld;

freshWorlds(
  () => new UserSecretWorld(),
  (made) => (world = made),
);

const hourMs = 3_600_000;

describe('an API server that fails', () => {
  const down = new KernelError('Server', 'POST /x: 500 InternalError failed calling webhook "w.example.com"', {
    status: 500,
  });
  const failing = (method: string, end: string): void => {
    world.intercept = (request) => (request.method === method && request.path.endsWith(end) ? down : 'pass');
  };
  const mend = (): void => {
    world.intercept = () => 'pass';
    world.errors.length = 0;
  };

  it('for Secrets is reported once it lasts, with its sentence, and cleared when it works again', async () => {
    failing('POST', '/secrets');
    await world.apply('db', { value: 'x' });
    expect(world.reason('db')).toBe('');
    await world.later(5_000);
    expect(world.reason('db')).toBe('False ApiError');
    expect(world.condition('db')?.message).toContain(
      'creating the native Secret failed: 500 InternalError failed calling webhook "w.example.com"',
    );
    expect(world.condition('db', 'Reconciling')?.status).toBe('True');
    await world.later(hourMs);
    expect(world.eventsOf('db').filter((event) => event === 'Warning ApiError')).toHaveLength(1);
    expect(world.writes.filter((write) => write === 'PATCH usersecrets/db/status')).toHaveLength(1);
    mend();
    await world.later(40_000);
    expect(world.reason('db')).toBe('True Synced');
    expect(world.condition('db', 'Reconciling')).toBeUndefined();
  });

  it('for a change keeps the former value, and says so', async () => {
    await world.apply('db', { value: 'one' });
    failing('PATCH', '/secrets/db');
    await world.apply('db', { value: 'two' });
    await world.later(5_000);
    expect(world.reason('db')).toBe('False ApiError');
    expect(world.value('db')).toBe('one');
    mend();
    await world.later(40_000);
    expect(world.value('db')).toBe('two');
  });

  it('for statuses keeps no value from its Secret, and the status follows', async () => {
    failing('PATCH', '/usersecrets/db/status');
    await world.apply('db', { generate: { type: 'Hex', rotateEvery: '1h' } });
    const first = world.value('db');
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    // It is looked at again with each retry, half a minute apart at most.
    await world.later(hourMs + 40_000);
    expect(world.value('db', 'db.previous')).toBe(first);
    expect(world.reason('db')).toBe('');
    mend();
    await world.later(40_000);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('for reading the source of a reference is reported', async () => {
    await world.makeSecret('source', { password: 'one' });
    failing('GET', '/secrets/source');
    await world.apply('db', { secretKeyRef: { name: 'source', key: 'password' } });
    await world.later(5_000);
    expect(world.reason('db')).toBe('False ApiError');
    expect(world.condition('db')?.message).toContain('reading the value failed');
    mend();
    await world.later(40_000);
    expect(world.value('db')).toBe('one');
  });

  it('because of a defect of ours is reported without the text of the error', async () => {
    world.intercept = ({ method }) => (method === 'POST' ? new TypeError('CANARY') : 'pass');
    await world.apply('db', { value: 'x' });
    await world.later(5_000);
    expect(world.reason('db')).toBe('False InternalError');
    expect(JSON.stringify(world.status('db'))).not.toContain('CANARY');
    mend();
  });
});

describe('an API server that refuses the Secret', () => {
  afterEach(() => {
    world.intercept = () => 'pass';
  });
  const refuse = (error: KernelError): void => {
    world.intercept = ({ method, path }) => (method === 'POST' && path.endsWith('/secrets') ? error : 'pass');
  };

  it('for a quota is quoted, and asked again each minute', async () => {
    const said = 'exceeded quota: small, requested: secrets=1, used: secrets=3, limited: secrets=3';
    refuse(new KernelError('Forbidden', `POST /x: 403 Forbidden ${said}`));
    await world.apply('db', { value: 'x' });
    expect(world.reason('db')).toBe('False QuotaExhausted');
    expect(world.condition('db')?.message).toContain(said);
    expect(world.condition('db', 'Reconciling')?.status).toBe('True');
    world.intercept = () => 'pass';
    await world.later(60_000);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('for a policy is Refused, and asked again each minute', async () => {
    refuse(new KernelError('Forbidden', 'POST /x: 403 Forbidden'));
    await world.apply('db', { value: 'x' });
    expect(world.reason('db')).toBe('False Refused');
    world.intercept = () => 'pass';
    await world.later(60_000);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('because its type demands something else stalls', async () => {
    refuse(new KernelError('Invalid', 'POST /x: 422 Invalid data[.dockerconfigjson]'));
    await world.apply('db', { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson', value: 'x' });
    expect(world.reason('db')).toBe('False Refused');
    expect(world.condition('db', 'Stalled')?.status).toBe('True');
  });

  it('because of a label says so, and does not blame the value', async () => {
    refuse(new KernelError('Invalid', 'POST /x: 422 Invalid metadata.labels'));
    await world.apply('db', { value: 'x', secretMetadata: { labels: { 'a b': 'c' } } });
    expect(world.condition('db', 'Ready')?.message).toMatch(
      /^the API server refuses the Secret: spec\.secretMetadata has a label or an annotation that Kubernetes does not take \(/,
    );
  });
});
