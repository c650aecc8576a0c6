/** `neuro secret rotate`, without and with a hook. The test plays the operator. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { UserSecretSpec, UserSecretStatus } from '../../src/api/index.ts';
import { userSecrets } from '../../src/cli/connect/kinds.ts';
import { createWorld, type World } from './typed.ts';

let world: World;
/** What the operator says after the request, answer by answer. */
let answers: UserSecretStatus[];

beforeEach(() => {
  answers = [];
  world = createWorld({
    refuse: ({ path, method }) => {
      const status = method === 'GET' && path.endsWith('/usersecrets/db') ? answers.shift() : undefined;
      const former = world.model.get(userSecrets, { namespace: 'alice', name: 'db' });
      if (status !== undefined && former !== undefined) world.model.put(userSecrets, { ...former, status });
      return undefined;
    },
  });
});

function make(generate: NonNullable<UserSecretSpec['generate']>, status: UserSecretStatus = { version: 'v1' }): void {
  const conditions = [
    { type: 'Ready', status: 'True', reason: 'Synced', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
  ] as const;
  world.model.put(userSecrets, {
    metadata: { namespace: 'alice', name: 'db' },
    spec: { generate },
    status: { conditions, ...status },
  });
}

const hooked = { type: 'Hex', rotateHook: 'rotate-db' } as const;
const rotation = { hook: 'rotate-db', job: 'db-rotate-1', attempt: 1, since: '2026-01-01T00:00:00Z' } as const;
const running: UserSecretStatus = { version: 'v1', rotation: { state: 'Running', ...rotation } };
const failed: UserSecretStatus = {
  version: 'v1',
  rotation: { state: 'Failed', ...rotation, reason: 'Error', nextAttempt: '2026-01-01T00:01:00Z' },
};

describe('rotate', () => {
  test('of a secret without a hook asks, and does not wait', async () => {
    make({ type: 'Hex' });
    const { code, out } = await world.type(['secret', 'rotate', 'db']);
    expect({ code, out }).toEqual({
      code: 0,
      out: "A new value of 'db' was asked for; jobs that run keep the former one.\n",
    });
  });

  test('waits until the hook has succeeded', async () => {
    make(hooked);
    answers = [{ version: 'v1' }, running, { version: 'v2' }];
    const { code, out } = await world.type(['secret', 'rotate', 'db']);
    expect({ code, out }).toEqual({
      code: 0,
      out: "The hook 'rotate-db' has succeeded: a new value of 'db' is in force; jobs that run keep the former one.\n",
    });
  });

  test('says when the hook fails, when it is tried again, and where its log is', async () => {
    make(hooked);
    answers = [{ version: 'v1' }, running, failed];
    const { code, error } = await world.type(['secret', 'rotate', 'db']);
    expect(code).toBe(1);
    expect(error).toMatch(
      /keeps its former value.*tried again at 2026-01-01T00:01:00Z.*`neuro logs -n alice db-rotate-1`/,
    );
  });

  test('takes the failure of an earlier try for none', async () => {
    make(hooked, failed);
    answers = [
      failed,
      failed,
      { version: 'v1', rotation: { state: 'Running', ...rotation, attempt: 2 } },
      { version: 'v2' },
    ];
    expect((await world.type(['secret', 'rotate', 'db'])).code).toBe(0);
  });

  test('does not wait with --no-wait', async () => {
    make(hooked);
    const { code, out } = await world.type(['secret', 'rotate', 'db', '--no-wait']);
    expect(code).toBe(0);
    expect(out).toContain("it is in force when the hook 'rotate-db' has succeeded");
  });
});
