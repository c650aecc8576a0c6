/**
 * Tools that wait by kstatus: Flux, by its own packages for applying and waiting, and Helm 4 with `--wait`. Both must take our objects for done when they
 * are, for failed when only a person can help, and otherwise wait.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildLimitMs, builtTool } from '../support/built-tool.ts';
import { flux, type Flux, type FluxRun } from '../support/flux.ts';
import { inCluster, type InCluster, type KubeJson } from '../support/in-cluster.ts';
import { grantTo, shellJob, userSecret } from '../support/in-cluster-objects.ts';
import { sealedSecret } from '../support/in-cluster-sealing.ts';
import { scaleOperator } from '../support/in-cluster-operator.ts';
import { marksOfTools } from '../support/marks-of-tools.ts';
import { writesIn } from '../support/writes.ts';
import { eventually } from '../support/until.ts';

/** How many reconciliations may not write anything. */
const quietRuns = 3;
/** Without a write for so long, all is as it will be: who uses a secret is told some seconds after a job has ended. */
const settledMs = 8_000;

let cluster: InCluster;

beforeAll(async () => {
  cluster = await inCluster();
});

describe('Flux', () => {
  let tool: Flux;
  let alices: string;
  let bobs: string;
  let job: unknown;
  let grants: readonly unknown[];
  let secrets: readonly unknown[];
  let native: unknown;

  beforeAll(async () => {
    tool = await flux(cluster);
    alices = await cluster.makeHome('alice');
    bobs = await cluster.makeHome('bob');
    job = shellJob(bobs, 'report', 'test -n "$PASSWORD" && test "$TOKEN" = kept', {
      env: [
        { name: 'PASSWORD', fromSecret: { namespace: alices, name: 'password' } },
        { name: 'TOKEN', fromSecret: { namespace: alices, name: 'token' } },
      ],
    });
    const subject = { kind: 'User', name: 'bob' } as const;
    grants = [
      grantTo(alices, 'to-bob', { subject }),
      grantTo(alices, 'over', { secret: 'password', subject, expiresAt: '2020-01-01T00:00:00Z' }),
    ];
    secrets = [
      userSecret(alices, 'password', { generate: { type: 'Password', length: 30 } }),
      userSecret(alices, 'token', { secretKeyRef: { name: 'from-vault', key: 'token' } }),
      await sealedSecret(cluster, alices, 'sealed', 'sealed'),
    ];
    const data = { token: Buffer.from('kept').toString('base64') };
    native = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'from-vault', namespace: alices }, data };
  }, buildLimitMs);

  afterAll(async () => {
    await tool.remove();
    await cluster.kubectl('admin', ['delete', 'namespace', alices, bobs, '--wait=false']);
  });

  test('does not take for done what the operator has not seen', async () => {
    await scaleOperator(cluster, 0);
    try {
      const { isReady, problem } = await lookBriefly([...secrets, ...grants, job]);
      expect(isReady).toBe(false);
      for (const kind of ['UserSecret', 'SecretGrant', 'NeuroJob']) {
        expect(problem).toMatch(new RegExp(`${kind}/.* status: 'InProgress'`));
      }
      expect(problem).not.toContain("'Failed'");
    } finally {
      await tool.reconcile([]);
      await scaleOperator(cluster, 2);
    }
  });

  test('waits for a job without its secrets, and is ready when they come, whatever the order', async () => {
    await tool.reconcile([]);
    const first = await lookBriefly([job, ...grants]);
    expect({ ...first, problem: '' }).toMatchObject({ isReady: false });
    expect(first.problem).toContain("status: 'InProgress'");
    const second = await lookBriefly([job, ...grants, ...secrets]);
    expect(second.problem).toContain(`UserSecret/${alices}/token status: 'InProgress'`);
    const third = await tool.reconcile([job, ...grants, ...secrets, native]);
    expect(third.problem).toBe('');
    expect(third.isReady).toBe(true);
    await cluster.output('bob', ['wait', '--for=condition=Complete', 'neurojob/report', '-n', bobs, '--timeout=300s']);
  });

  test('finds nothing to change, and nobody writes anything, when it looks again', async () => {
    const all = await settled();
    await untilQuiet();
    const sinceMs = Date.now();
    for (let run = 0; run < quietRuns; run += 1) {
      const { isReady, changes } = await tool.reconcile(all);
      expect(isReady).toBe(true);
      expect(changes.filter((line) => !line.startsWith('unchanged '))).toEqual([]);
      expect(changes.length).toBe(all.length);
    }
    expect(writesIn(await cluster.audit(), [alices, bobs], sinceMs)).toEqual([]);
  });

  test('its labels are on nothing that was made', async () => {
    await settled();
    const all = await cluster.list('usersecrets,secrets,configmaps,roles,rolebindings', alices);
    const made = [...all, ...(await cluster.list('pods,configmaps', bobs))];
    expect(made.filter(({ kind }) => kind === 'UserSecret').flatMap(marksOfTools)).toContain(
      'UserSecret/sealed kustomize.toolkit.fluxcd.io/name',
    );
    expect(ours(made).length).toBeGreaterThan(5);
    expect(ours(made).flatMap(marksOfTools)).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    ['a secret that nobody can open', () => userSecret(alices, 'garbage', { sealed: { value: 'garbage' } })],
    ['a job that never gets its secret', () => lackingJob(alices)],
  ])('learns at once of %s', async (_, broken) => {
    const { isReady, problem, tookMs } = await tool.reconcile([...all(), broken()]);
    expect(isReady).toBe(false);
    expect(problem).toContain("status: 'Failed'");
    expect(tookMs).toBeLessThan(50_000);
  });

  test('reports a running job as current, and as failed at its next check', async () => {
    const problem = await untilNotReady([...all(), shellJob(alices, 'fails', 'exit 3')]);
    expect(problem).toMatch(/NeuroJob\/.*\/fails status: 'Failed'/);
  });

  test('replaces a job that has changed, where the annotation allows it', async () => {
    const changed = (exitCode: number): unknown => {
      const { metadata, ...rest } = shellJob(alices, 'changes', `exit ${String(exitCode)}`);
      const annotations = { 'kustomize.toolkit.fluxcd.io/force': 'enabled' };
      return { ...rest, metadata: { ...metadata, annotations } };
    };
    await untilNotReady([...all(), changed(1)]);
    const { isReady, changes } = await tool.reconcile([...all(), changed(0)]);
    expect(changes).toContain(`created NeuroJob/${alices}/changes`);
    expect(isReady).toBe(true);
    await cluster.output('alice', ['wait', '--for=condition=Complete', 'neurojob/changes', '-n', alices]);
  });

  test('makes again what was deleted by hand, and prunes what is gone', async () => {
    const wanted = await settled();
    await cluster.output('admin', ['delete', 'usersecret,secretgrant', '--all', '-n', alices]);
    const again = await tool.reconcile(wanted);
    expect(again.problem).toBe('');
    expect(again.changes.filter((line) => line.startsWith('created ')).length).toBe(5);
    const { isReady, changes } = await tool.reconcile([native]);
    expect(isReady).toBe(true);
    expect(changes.filter((line) => line.startsWith('deleted ')).length).toBe(wanted.length - 1);
    await cluster.output('admin', ['wait', '--for=delete', 'neurojob/report', '-n', bobs, '--timeout=300s']);
    await untilGone(`secret/sealed`, alices);
  });

  function all(): readonly unknown[] {
    return [native, job, ...secrets, ...grants];
  }

  /** All is there, and nothing else, and the job has ended. */
  async function settled(): Promise<readonly unknown[]> {
    const wanted = all();
    expect((await tool.reconcile(wanted)).problem).toBe('');
    await cluster.output('bob', ['wait', '--for=condition=Complete', 'neurojob/report', '-n', bobs, '--timeout=300s']);
    return wanted;
  }

  async function untilQuiet(): Promise<void> {
    await eventually(
      async () => writesIn(await cluster.audit(), [alices, bobs], Date.now() - settledMs),
      (writes) => writes.length === 0,
      'nothing is written any more',
    );
  }

  /** Waits so short a time that what is in progress stays so, and longer where the machine is too busy to see even that. */
  async function lookBriefly(objects: readonly unknown[]): Promise<FluxRun> {
    for (let timeoutSeconds = 2; ; timeoutSeconds *= 2) {
      const run = await tool.reconcile(objects, { timeoutSeconds });
      if (run.isReady || run.problem.includes('status:') || timeoutSeconds > 20) return run;
    }
  }

  /** Reconciles as Flux does at its interval, until it is told of a problem. */
  async function untilNotReady(objects: readonly unknown[]): Promise<string> {
    const { problem } = await eventually(
      () => tool.reconcile(objects),
      ({ isReady }) => !isReady,
      'it reports a problem',
    );
    return problem;
  }
});

describe('helm install --wait', () => {
  let folder: string;
  let home: string;

  beforeAll(async () => {
    await builtTool('helm');
    home = await cluster.makeHome('alice');
    folder = await mkdtemp(join(tmpdir(), 'neuro-helm-'));
    await mkdir(join(folder, 'templates'));
    await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: team\nversion: 1.0.0\n');
    const marked = (object: object): unknown => {
      const labels = { 'helm.sh/chart': 'team-1.0.0', 'app.kubernetes.io/instance': 'team' };
      const { metadata, ...rest } = object as { readonly metadata: object };
      return { ...rest, metadata: { ...metadata, labels } };
    };
    const objects = [
      shellJob(home, 'job', 'test -n "$P"', { env: [{ name: 'P', fromSecret: { name: 'password' } }] }),
      grantTo(home, 'to-bob', { secret: 'password', subject: { kind: 'User', name: 'bob' } }),
      userSecret(home, 'password', { generate: { type: 'Hex', length: 16 } }),
    ];
    const text = objects.map((object) => JSON.stringify(marked(object))).join('\n---\n');
    await writeFile(join(folder, 'templates/all.yaml'), text);
  }, buildLimitMs);

  afterAll(async () => {
    await cluster.kubectl('admin', ['delete', 'namespace', home, '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });

  test('waits until everything is there; nothing that was made carries its labels; uninstall takes all', async () => {
    await helm('upgrade', '--install', 'team', folder, '--wait', '--timeout', '60s');
    expect((await cluster.get('usersecret', home, 'password'))?.status).toMatchObject({ version: expect.anything() });
    await cluster.output('alice', ['wait', '--for=condition=Complete', 'neurojob/job', '-n', home, '--timeout=300s']);
    const made = ours(await cluster.list('secrets,configmaps,roles,rolebindings,pods', home));
    expect(made.length).toBeGreaterThan(3);
    expect(made.flatMap(marksOfTools)).toEqual([]);
    await helm('upgrade', 'team', folder, '--wait', '--timeout', '60s');
    await helm('uninstall', 'team', '--wait', '--timeout', '60s');
    await untilGone('secret/password', home);
  });

  test('fails where a job has failed', async () => {
    await writeFile(join(folder, 'templates/lacks.yaml'), JSON.stringify(lackingJob(home)));
    const failing = helm('upgrade', '--install', 'team', folder, '--wait', '--timeout', '60s');
    await expect(failing).rejects.toThrow(/NeuroJob.*lacks.*Failed/);
    await helm('uninstall', 'team', '--wait');
  });

  async function helm(...args: readonly string[]): Promise<string> {
    const program = await builtTool('helm');
    const where = ['--namespace', home, '--kubeconfig', cluster.cluster.kubeconfigPath('admin')];
    return new Promise((resolve, reject) => {
      execFile(program, [...args, ...where], (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error })),
      );
    });
  }
});

/** Fails without ever having run. */
function lackingJob(namespace: string): unknown {
  const env = [{ name: 'A', fromSecret: { name: 'absent' } }];
  return shellJob(namespace, 'lacks', 'true', { env, scheduleTimeout: '2s' });
}

function ours(objects: readonly KubeJson[]): readonly KubeJson[] {
  return objects.filter(({ metadata }) => metadata.labels?.['neu.ro/managed-by'] !== undefined);
}

function untilGone(object: string, namespace: string): Promise<string> {
  return cluster.output('admin', ['wait', '--for=delete', object, '-n', namespace, '--timeout=300s']);
}
