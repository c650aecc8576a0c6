/**
 * What people ask for while a fault happens, and whether they have it in the end: every secret its native Secret with the right value,
 * every grant its binding, every job exactly one Pod. Nothing lost, nothing made twice.
 */
import { randomBytes } from 'node:crypto';
import { API_VERSION } from '../../../src/api/index.ts';
import { podType, secretType } from '../../../src/controllers/resources.ts';
import { sealHpke, type PublishedKey } from '../../../src/sealing/index.ts';
import { inParallel, type BareClient } from '../operator/bare-client.ts';
import { openWatch, type ObjectWatch } from '../operator/object-watch.ts';

export interface Size {
  /** Of each of three kinds: sealed, plain, generated. */
  readonly secrets: number;
  readonly grants: number;
  readonly jobs: number;
}

interface Listed {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface Outcome {
  /** What is missing or wrong, in a few words each. */
  readonly lost: readonly string[];
  /** What was made more than once. */
  readonly twice: readonly string[];
}

const shareWith = 'faults-guest';

export class Workload {
  readonly namespace: string;
  readonly #client: BareClient;
  readonly #size: Size;
  /** The value that each secret must have; undefined: whatever was generated first. */
  readonly #values = new Map<string, string | undefined>();
  readonly #watches: ObjectWatch[] = [];
  /** Different values that a generated secret ever had, and Pods that a job ever had. */
  readonly #generated = new Map<string, Set<string>>();
  readonly #pods = new Map<string, Set<string>>();

  constructor(client: BareClient, namespace: string, size: Size) {
    this.#client = client;
    this.namespace = namespace;
    this.#size = size;
  }

  /** Before anything is created: from now on it is seen what is made twice. */
  async watch(kubeconfig: string): Promise<void> {
    const { namespace } = this;
    await this.#post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const pods = await openWatch(kubeconfig, podType, { namespace });
    pods.onEvent(({ type, object }) => {
      const { ownerReferences = [], uid = '' } = object.metadata;
      const owner = ownerReferences[0]?.uid;
      if (type === 'ADDED' && owner !== undefined) add(this.#pods, owner, uid);
    });
    const secrets = await openWatch(kubeconfig, secretType, { namespace });
    secrets.onEvent(({ type, object }) => {
      const { name } = object.metadata;
      const data = (object as { data?: Readonly<Record<string, string>> }).data?.[name];
      if (name.startsWith('generated-') && type !== 'DELETED' && data !== undefined) add(this.#generated, name, data);
    });
    this.#watches.push(pods, secrets);
  }

  async create(key: PublishedKey): Promise<void> {
    const { namespace } = this;
    const secrets: (() => Promise<unknown>)[] = [];
    for (let index = 0; index < this.#size.secrets; index += 1) {
      const value = randomBytes(12).toString('hex');
      const sealed = `sealed-${String(index)}`;
      const text = await sealHpke(key, { namespace, name: sealed, key: sealed }, Buffer.from(value));
      this.#values
        .set(sealed, value)
        .set(`plain-${String(index)}`, value)
        .set(`generated-${String(index)}`, undefined);
      secrets.push(
        () => this.#custom('usersecrets', 'UserSecret', sealed, { sealed: { value: text } }),
        () => this.#custom('usersecrets', 'UserSecret', `plain-${String(index)}`, { value }),
        () =>
          this.#custom('usersecrets', 'UserSecret', `generated-${String(index)}`, { generate: { type: 'Password' } }),
      );
    }
    await inParallel(secrets.length, (index) => secrets[index]?.() ?? Promise.resolve());
    await inParallel(this.#size.grants, (index) => {
      const spec = { secret: `plain-${String(index)}`, subject: { kind: 'Namespace', name: shareWith } };
      return this.#custom('secretgrants', 'SecretGrant', `grant-${String(index)}`, spec);
    });
    await this.createJobs();
  }

  createJobs(): Promise<unknown> {
    return inParallel(this.#size.jobs, (index) => {
      const fromSecret = { name: `plain-${String(index % this.#size.secrets)}` };
      const env = [{ name: 'VALUE', fromSecret }];
      return this.#custom('neurojobs', 'NeuroJob', `job-${String(index)}`, { image: 'busybox', env });
    });
  }

  /** Gives every plain secret another value. */
  async change(): Promise<void> {
    const names = [...this.#values.keys()].filter((name) => name.startsWith('plain-'));
    await inParallel(names.length, async (index) => {
      const name = names[index] ?? '';
      const value = randomBytes(12).toString('hex');
      this.#values.set(name, value);
      await this.#client.send({
        method: 'PATCH',
        path: `${this.#path('usersecrets')}/${name}`,
        contentType: 'application/merge-patch+json',
        body: { spec: { value } },
      });
    });
  }

  async outcome(): Promise<Outcome> {
    const [userSecrets, natives, grants, bindings, jobs, pods] = await Promise.all([
      this.#list(this.#path('usersecrets')),
      this.#list(`/api/v1/namespaces/${this.namespace}/secrets`),
      this.#list(this.#path('secretgrants')),
      this.#list(`/apis/rbac.authorization.k8s.io/v1/namespaces/${this.namespace}/rolebindings`),
      this.#list(this.#path('neurojobs')),
      this.#list(`/api/v1/namespaces/${this.namespace}/pods`),
    ]);
    const nativeOf = new Map(natives.map((native) => [native.metadata.name, native]));
    const userSecretOf = new Map(userSecrets.map((each) => [each.metadata.name, each]));
    const isOwned = (by: Listed, list: readonly Listed[]): boolean =>
      list.some(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === by.metadata.uid) === true);
    const lost = [
      ...[...this.#values].flatMap(([name, value]) => {
        const userSecret = userSecretOf.get(name);
        const data = nativeOf.get(name)?.data?.[name];
        if (userSecret === undefined || data === undefined) return [`${name} has no Secret`];
        if (value !== undefined && Buffer.from(data, 'base64').toString() !== value)
          return [`${name} has another value`];
        return isReady(userSecret) ? [] : [`${name} is not Ready`];
      }),
      ...missing('grant', this.#size.grants, grants),
      ...grants.filter((grant) => !isOwned(grant, bindings)).map(({ metadata }) => `${metadata.name} binds nothing`),
      ...missing('job', this.#size.jobs, jobs),
      ...jobs.filter((job) => !isOwned(job, pods)).map(({ metadata }) => `${metadata.name} has no Pod`),
    ];
    const twice = [
      ...[...this.#generated].filter(([, values]) => values.size > 1).map(([name]) => `${name} was generated again`),
      ...[...this.#pods].filter(([, uids]) => uids.size > 1).map(([owner]) => `the job ${owner} had two Pods`),
    ];
    return { lost, twice };
  }

  async close(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.close()));
  }

  async #list(path: string): Promise<readonly Listed[]> {
    const { items } = await this.#client.send<{ readonly items: readonly Listed[] | null }>({ method: 'GET', path });
    return items ?? [];
  }

  #custom(plural: string, kind: string, name: string, spec: unknown): Promise<unknown> {
    const metadata = { namespace: this.namespace, name };
    return this.#post(this.#path(plural), { apiVersion: API_VERSION, kind, metadata, spec });
  }

  #post(path: string, body: unknown): Promise<unknown> {
    return this.#client.send({ method: 'POST', path, body });
  }

  #path(plural: string): string {
    return `/apis/${API_VERSION}/namespaces/${this.namespace}/${plural}`;
  }
}

function isReady({ metadata, status }: Listed): boolean {
  const isCurrent = status?.observedGeneration === metadata.generation;
  return isCurrent && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

function missing(what: string, count: number, found: readonly Listed[]): readonly string[] {
  return found.length === count ? [] : [`${String(count - found.length)} of ${String(count)} ${what}s are gone`];
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
