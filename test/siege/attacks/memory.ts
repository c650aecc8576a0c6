/** Attacks on the memory of the operator, and on its event loop. */
import { randomBytes } from 'node:crypto';
import type { Attack, Attacker } from '../attacker/attack.ts';

const mebibyte = 1024 * 1024;
/** A UserSecret and its native Secret hold this and their own fields. */
const large = mebibyte - 4_096;
/** A job has at most so many secrets. */
const filesOfJob = 31;
const nowhere = { nodeSelector: { 'example.com/no-such-node': 'true' } };
const script = (text: string): object => ({
  image: 'busybox:1',
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', '-c', text],
});

async function secretsOf(by: Attacker, prefix: string, count: number, value: () => string): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${String(index)}`);
  await by.each(count, (index) =>
    by.create('usersecrets', { metadata: { name: names[index] ?? '' }, spec: { value: value() } }),
  );
  return names;
}

const filesOf = (names: readonly string[]): readonly unknown[] =>
  names.map((name) => ({ path: `/s/${name}`, fromSecret: { name } }));

/** New jobs, one after the other, until the time is over. */
async function jobsUntilTheEnd(by: Attacker, prefix: string, spec: object, pauseMs: number): Promise<void> {
  for (let round = 0; !by.signal.aborted; round += 1) {
    await by.create('neurojobs', { metadata: { name: `${prefix}-${String(round)}` }, spec });
    await by.pause(pauseMs);
  }
}

export const memory: readonly Attack[] = [
  {
    name: 'last-words',
    aim: 'last words that are compared with 31 MiB of values',
    run: async (by) => {
      const names = await secretsOf(by, 'big', by.count(filesOfJob), () => randomBytes(large / 2).toString('hex'));
      await jobsUntilTheEnd(
        by,
        'fails',
        { ...script('head -c 4000 /s/big-0 >/dev/termination-log; exit 1'), files: filesOf(names) },
        4_000,
      );
    },
  },
  {
    name: 'repetitive-words',
    aim: 'last words and values that take long to compare',
    run: async (by) => {
      const names = await secretsOf(by, 'same', by.count(10), () => 'a'.repeat(large));
      const lines = 'i=0; while [ $i -lt 440 ]; do echo aaaaaaab; i=$((i+1)); done >/dev/termination-log; exit 1';
      await jobsUntilTheEnd(by, 'slow', { ...script(lines), files: filesOf(names) }, 4_000);
    },
  },
  {
    name: 'snapshots',
    aim: 'the values of many jobs in memory at the same time',
    run: async (by) => {
      const names = await secretsOf(by, 'file', by.count(filesOfJob), () => randomBytes(large / 2).toString('hex'));
      await by.each(by.count(12), (index) =>
        by.create('neurojobs', {
          metadata: { name: `waits-${String(index)}` },
          spec: { ...script('true'), ...nowhere, files: filesOf(names) },
        }),
      );
    },
  },
  {
    name: 'cross-product',
    aim: 'each grant looked at with each secret',
    run: async (by) => {
      const count = by.count(3_000);
      await by.each(count, (index) =>
        by.create('usersecrets', { metadata: { name: `s${String(index)}` }, spec: { value: 'x' } }),
      );
      await by.each(count, (index) =>
        by.create('secretgrants', {
          metadata: { name: `g${String(index)}` },
          spec: { subject: { kind: 'User', name: by.victims[0] } },
        }),
      );
    },
  },
  {
    name: 'labelled-objects',
    aim: 'ConfigMaps, Secrets, Roles and RoleBindings with our labels, kept in memory',
    run: async (by) => {
      const labels = {
        'neu.ro/managed-by': 'neuro-operator',
        'neu.ro/user-secret': 'x',
        'neu.ro/secret-grant': 'g',
        'neu.ro/job': 'j',
      };
      const filler = 'x'.repeat(large);
      await by.each(by.count(150), (index) =>
        by.create('configmaps', { metadata: { name: `c${String(index)}`, labels }, data: { filler } }),
      );
      await by.each(by.count(100), (index) =>
        by.create('secrets', { metadata: { name: `m${String(index)}`, labels }, stringData: { filler } }),
      );
      const names = Array.from({ length: 5_000 }, (_, at) => `${'n'.repeat(100)}${String(at)}`);
      const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: names, verbs: ['get'] }];
      await by.each(by.count(50), (index) =>
        by.create('roles', { metadata: { name: `r${String(index)}`, labels }, rules }),
      );
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r0' };
      const subjects = names.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }));
      await by.each(by.count(50), (index) =>
        by.create('rolebindings', { metadata: { name: `b${String(index)}`, labels }, roleRef, subjects }),
      );
    },
  },
  {
    name: 'large-jobs',
    aim: 'jobs with arguments of 1.2 MB, finished and kept',
    run: async (by) => {
      // The most that the CRD takes: arguments of 128 KiB each.
      const args = Array.from({ length: 9 }, () => 'x'.repeat(131_072));
      await by.each(by.count(270), (index) =>
        by.create('neurojobs', {
          metadata: { name: `large-${String(index)}` },
          spec: { image: 'busybox:1', args, preset: 'no-such-preset' },
        }),
      );
    },
  },
  {
    name: 'annotations',
    aim: 'annotations of ours and of nobody, of 250 kB, on each kind',
    run: async (by) => {
      const annotations = { 'neu.ro/x': 'x'.repeat(120_000), 'neu.ro/adopt': 'x'.repeat(130_000) };
      await by.each(by.count(300), async (index) => {
        const metadata = { name: `a${String(index)}`, annotations };
        await by.create('usersecrets', { metadata, spec: { value: 'x' } });
        if (index % 3 === 0)
          await by.create('secretgrants', { metadata, spec: { subject: { kind: 'User', name: by.victims[0] } } });
        if (index % 3 === 1) await by.create('neurojobs', { metadata, spec: { image: 'busybox:1', ...nowhere } });
      });
    },
  },
];
