/**
 * What people ask for while a fault happens, and whether they have it in the end: every secret its native Secret with the right value,
 * every grant its binding, every job exactly one Pod, and the answers that the API server gives are those of the grants, as in the model test.
 * Nothing lost, nothing made twice, no access that stays.
 */
import { randomBytes } from 'node:crypto';
import { API_VERSION, GROUP } from '../../../src/api/index.ts';
import { podType, secretType } from '../../../src/controllers/resources.ts';
import { sealHpke, type PublishedKey } from '../../../src/sealing/index.ts';
import { homeIdentity } from '../../model/expected-verbs.ts';
import { verbs } from '../../model/grant-model.ts';
import { inParallel, type BareClient } from '../operator/bare-client.ts';
import { openWatch, type ObjectWatch } from '../operator/object-watch.ts';

export interface Size {
  /** Of each of three kinds: sealed, plain, generated. */
  readonly secrets: number;
  /** Of which as many again are deleted as soon as they are created. */
  readonly grants: number;
  readonly jobs: number;
  /** Plain secrets, where there are more of them than of the other kinds. */
  readonly plain?: number;
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
  /** Access that should have ended. */
  readonly kept: readonly string[];
  /** What was made more than once. */
  readonly twice: readonly string[];
}

const shareWith = 'faults-guest';
/** Grants that run out at a time are named so. */
const endingPrefix = 'ending-';

export class Workload {
  readonly namespace: string;
  readonly #client: BareClient;
  readonly #size: Size;
  /** The names of secrets whose grants must give nothing any more. */
  readonly #ended = new Set<string>();
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
      this.#values.set(sealed, value).set(`generated-${String(index)}`, undefined);
      secrets.push(
        () => this.#custom('usersecrets', 'UserSecret', sealed, { sealed: { value: text } }),
        () =>
          this.#custom('usersecrets', 'UserSecret', `generated-${String(index)}`, { generate: { type: 'Password' } }),
      );
    }
    for (let index = 0; index < (this.#size.plain ?? this.#size.secrets); index += 1) {
      const name = `plain-${String(index)}`;
      const value = randomBytes(12).toString('hex');
      this.#values.set(name, value);
      secrets.push(() => this.#custom('usersecrets', 'UserSecret', name, { value }));
    }
    await inParallel(secrets.length, (index) => secrets[index]?.() ?? Promise.resolve());
    await inParallel(this.#size.grants, async (index) => {
      await this.#grant(`grant-${String(index)}`, `plain-${String(index)}`);
      const revoked = `revoked-${String(index)}`;
      await this.#grant(revoked, `sealed-${String(index)}`);
      await this.#client.send({ method: 'DELETE', path: `${this.#path('secretgrants')}/${revoked}` });
      this.#ended.add(`sealed-${String(index)}`);
    });
    await this.createJobs();
  }

  /** Grants that run out at that time, by the clock of the process that ends them; `expectEnded` says that it has come. */
  async createEnding(atMs: number): Promise<void> {
    const expiresAt = new Date(atMs).toISOString().replace(/\.\d+/, '');
    await inParallel(this.#size.grants, (index) =>
      this.#grant(`${endingPrefix}${String(index)}`, `generated-${String(index)}`, { expiresAt }),
    );
  }

  expectEnded(): void {
    for (let index = 0; index < this.#size.grants; index += 1) this.#ended.add(`generated-${String(index)}`);
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
    const inForce = grants.filter(({ metadata }) => !metadata.name.startsWith(endingPrefix));
    const lost = [
      ...[...this.#values].flatMap(([name, value]) => {
        const userSecret = userSecretOf.get(name);
        const data = nativeOf.get(name)?.data?.[name];
        if (userSecret === undefined || data === undefined) return [`${name} has no Secret`];
        if (value !== undefined && Buffer.from(data, 'base64').toString() !== value)
          return [`${name} has another value`];
        return isReady(userSecret) ? [] : [`${name} is not Ready`];
      }),
      ...missing('grant', this.#size.grants, inForce),
      ...inForce.filter((grant) => !isOwned(grant, bindings)).map(({ metadata }) => `${metadata.name} binds nothing`),
      ...missing('job', this.#size.jobs, jobs),
      ...jobs.filter((job) => !isOwned(job, pods)).map(({ metadata }) => `${metadata.name} has no Pod`),
    ];
    const twice = [
      ...[...this.#generated].filter(([, values]) => values.size > 1).map(([name]) => `${name} was generated again`),
      ...[...this.#pods].filter(([, uids]) => uids.size > 1).map(([owner]) => `the job ${owner} had two Pods`),
    ];
    // The answers are asked for when all else is right: an API server that starts again gives none.
    const answers = lost.length > 0 ? { lost: [], kept: [] } : await this.#answers();
    return { lost: [...lost, ...answers.lost], kept: answers.kept, twice };
  }

  /** What jobs of the guest may do is what the grants say, no more and no less. */
  async #answers(): Promise<Pick<Outcome, 'lost' | 'kept'>> {
    const lost: string[] = [];
    const kept: string[] = [];
    await inParallel(this.#size.grants, async (index) => {
      const name = `plain-${String(index)}`;
      for (const verb of verbs) {
        const isGiven = verb === 'use';
        if ((await this.#mayGuest(verb, name)) !== isGiven)
          (isGiven ? lost : kept).push(`${verb} of ${name} is ${isGiven ? 'not ' : ''}allowed`);
      }
    });
    const ended = [...this.#ended];
    await inParallel(ended.length, async (index) => {
      const name = ended[index] ?? '';
      if (await this.#mayGuest('use', name)) kept.push(`use of ${name} is still allowed`);
    });
    return { lost, kept };
  }

  async #mayGuest(verb: string, name: string): Promise<boolean> {
    const { user, groups } = homeIdentity(shareWith);
    const resourceAttributes = { verb, group: GROUP, resource: 'usersecrets', namespace: this.namespace, name };
    const { status } = await this.#client.send<{ readonly status: { readonly allowed: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user, groups, resourceAttributes },
      },
    });
    return status.allowed;
  }

  #grant(name: string, secret: string, more: object = {}): Promise<unknown> {
    const spec = { secret, subject: { kind: 'Namespace', name: shareWith }, ...more };
    return this.#custom('secretgrants', 'SecretGrant', name, spec);
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
