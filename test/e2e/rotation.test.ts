/** A rotation that waits for its hook, with a database that takes a new password only from somebody who knows the former one. */
import { expect, test } from 'vitest';
import { findCondition, type NeuroJob, type NeuroJobSpec, type UserSecret } from '../../src/api/index.ts';
import { eventually } from '../support/until.ts';
import { onANode } from './on-a-node.ts';

const image = 'busybox:1';
const port = 8080;

const { apply, get, kubectl, restartOperator } = onANode('rotation');

/** Answers `?LOGIN:password` and `?ALTER:password:next` by GRANTED or DENIED. */
const server = [
  'mkdir -p /tmp/www/cgi-bin && cat /first > /tmp/p',
  'cat > /tmp/www/cgi-bin/db <<"END"',
  '#!/bin/sh',
  'printf "Content-Type: text/plain\\r\\n\\r\\n"',
  'IFS=: read -r what one other <<Q',
  '$QUERY_STRING',
  'Q',
  'if [ "$one" != "$(cat /tmp/p)" ]; then echo DENIED; exit; fi',
  'if [ "$what" = ALTER ]; then printf %s "$other" > /tmp/p; fi',
  'echo GRANTED',
  'END',
  'chmod +x /tmp/www/cgi-bin/db',
  `exec httpd -f -p ${String(port)} -h /tmp/www`,
].join('\n');
/** A request by hand: the image's wget needs a resolver. */
const ask = (ip: string, words: string): string =>
  `printf "GET /cgi-bin/db?${words} HTTP/1.0\\r\\n\\r\\n" | nc -w 5 ${ip} ${String(port)} | grep -q GRANTED`;

test('a hook that fails keeps the password that works, and one that succeeds brings the next one into force', async () => {
  const spec = { generate: { type: 'Hex', length: 16, rotateHook: 'rotate-db' } };
  await apply('UserSecret', 'db-password', spec);
  await kubectl('wait', '--for=condition=Ready', 'usersecret/db-password', '--timeout=300s');
  const files = [{ path: '/first', fromSecret: { name: 'db-password' } }];
  await apply('NeuroJob', 'db', { image, command: ['sh', '-c', server], files });
  await kubectl('wait', '--for=condition=Ready', 'neurojob/db', '--timeout=300s');
  const { status: pod } = await get<{ readonly status: { readonly podIP: string } }>('v1', 'Pod', 'db');
  const ip = pod.podIP;
  const first = await value();
  await loginWorks('before', ip, true);

  // The address of no database: the hook fails.
  await apply('NeuroJob', 'rotate-db', hook('127.0.0.1'));
  await rotate();
  const failed = await untilSecret((found) => found.status?.rotation?.state === 'Failed', 'the hook has failed');
  expect(failed.status?.rotation).toMatchObject({ reason: 'Error', attempt: 1 });
  expect(failed.status?.conditions?.find(({ type }) => type === 'RotationPending')?.reason).toBe('HookFailed');
  expect(await value()).toBe(first);
  await loginWorks('after-a-failure', ip, true);

  // The operator is ended and started again in between: the next value is the same.
  await restartOperator();
  await kubectl('delete', 'neurojob', 'rotate-db');
  await apply('NeuroJob', 'rotate-db', hook(ip));
  await rotate();
  const rotated = await untilSecret(
    (found) => found.status?.version !== failed.status?.version,
    'the hook has succeeded',
  );
  expect(rotated.status?.version).toBe(failed.status?.rotation?.version);
  expect(await value()).not.toBe(first);
  expect(await value('db-password.previous')).toBe(first);
  await loginWorks('after', ip, true);
  await eventually(
    () => get<{ readonly items: readonly { readonly type: string }[] }>('v1', 'Secret'),
    ({ items }) => items.length > 0 && items.every(({ type }) => type !== 'neu.ro/next-value'),
    'the next value has no Secret of its own any more',
  );
  const { status } = await untilSecret((found) => found.status?.rotation === undefined, 'nothing is pending');
  expect(JSON.stringify(status)).not.toContain(await value());
});

/** Sets the next password, by a variable and by a file. */
function hook(ip: string): NeuroJobSpec {
  const command = `[ "$NEURO_ROTATION_NEXT" = "$(cat /run/neuro/rotation/next)" ] && ${ask(
    ip,
    'ALTER:$(cat /run/neuro/rotation/previous):$NEURO_ROTATION_NEXT',
  )}`;
  const securityContext = { runAsUser: 1234, runAsGroup: 1234 };
  return { image, suspend: true, command: ['sh', '-c', command], securityContext };
}

/** A job logs in with the value in force. */
async function loginWorks(name: string, ip: string, works: boolean): Promise<void> {
  const env = [{ name: 'P', fromSecret: { name: 'db-password' } }];
  await apply('NeuroJob', name, { image, command: ['sh', '-c', ask(ip, 'LOGIN:$P')], env });
  const condition = works ? 'Complete' : 'Failed';
  await eventually(
    () => get<NeuroJob>('neu.ro/v1', 'NeuroJob', name),
    ({ status }) => findCondition(status?.conditions, condition) !== undefined,
    `${name} is ${condition}`,
  );
}

async function rotate(): Promise<void> {
  await kubectl('annotate', 'usersecret', 'db-password', '--overwrite', `neu.ro/rotate=${new Date().toISOString()}`);
}

function untilSecret(isSo: (found: UserSecret) => boolean, what: string): Promise<UserSecret> {
  return eventually(() => get<UserSecret>('neu.ro/v1', 'UserSecret', 'db-password'), isSo, what);
}

async function value(key = 'db-password'): Promise<string> {
  const { data } = await get<{ readonly data: Readonly<Record<string, string>> }>('v1', 'Secret', 'db-password');
  return Buffer.from(data[key] ?? '', 'base64').toString();
}
