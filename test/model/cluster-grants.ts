/**
 * The operator as a process on a real control plane, as the system that the model is compared with. Time is real, so what the model expects is
 * worked out at each look.
 *
 * A job may start while its grant runs out: then both are right. Where the model says at the beginning and at the end of a step that a job may
 * not, it must not.
 */
import { isKernelError } from '../../src/kernel/index.ts';
import type { TestCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';
import { expectedVerbs, homeIdentity, questions, type Question } from './expected-verbs.ts';
import type { GrantSystem } from './grant-commands.ts';
import {
  copyMay,
  jobMay,
  teamOf,
  users,
  type Copy,
  type Grant,
  type GrantModel,
  type SecretName,
  type Subject,
  type User,
} from './grant-model.ts';

/** For the API server's own view of RBAC, and a machine that does much else. */
const settledWithinMs = 30_000;
const pauseMs = 30;

interface Item {
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly { readonly name: string }[] };
}

export class ClusterGrants implements GrantSystem {
  /** Looks that were taken, each with all questions. */
  looks = 0;
  readonly #test: TestCluster;
  readonly #world: OperatorWorld;
  readonly #namespaces: Readonly<Record<User, string>>;
  /** Jobs that may have started in the last moment of a grant. */
  readonly #unclear = new Set<string>();
  readonly #args: readonly string[];
  /** Answers that were wrong at the last look of this step. */
  #doubts: readonly Question[] = [];
  #operator: RunningOperator | undefined;

  private constructor(test: TestCluster, namespaces: Readonly<Record<User, string>>, args: readonly string[]) {
    this.#test = test;
    this.#world = operatorWorld(test);
    this.#namespaces = namespaces;
    this.#args = args;
  }

  /** `operator`: one that runs already, or undefined. */
  static async begin(
    test: TestCluster,
    operator: RunningOperator,
    args: readonly string[] = [],
  ): Promise<ClusterGrants> {
    const made = await Promise.all(
      users.map(async (user) => {
        const annotations = { 'neu.ro/user': user, 'neu.ro/groups': teamOf[user].join(',') };
        return [user, await test.makeNamespace(user, annotations)] as const;
      }),
    );
    const system = new ClusterGrants(test, Object.fromEntries(made) as Record<User, string>, args);
    system.#operator = operator;
    return system;
  }

  /** The namespaces go; resolves with an operator that runs. */
  async end(): Promise<RunningOperator> {
    await this.startOperator();
    for (const name of Object.values(this.#namespaces))
      await this.#test.request({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
    if (this.#operator === undefined) throw new Error('no operator runs');
    return this.#operator;
  }

  async startOperator(): Promise<void> {
    this.#operator ??= await startOperator(this.#test, { isInstalled: true, args: this.#args });
  }

  async stopOperator(): Promise<void> {
    await this.#operator?.stop();
    this.#operator = undefined;
  }

  nowMs(): number {
    return Date.now();
  }

  pass(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  async addSecret(owner: User, name: SecretName): Promise<void> {
    await this.#world.create('usersecrets', this.#namespaces[owner], {
      metadata: { name },
      spec: { value: `of ${owner}` },
    });
  }

  async removeSecret(owner: User, name: SecretName): Promise<void> {
    await this.#world.remove('usersecrets', this.#namespaces[owner], name);
  }

  async addGrant({ id, owner, expiresAt, secret, grantedBy, subject, access }: Grant): Promise<void> {
    const spec = {
      subject: this.#real(subject),
      access,
      ...(secret === undefined ? {} : { secret }),
      ...(grantedBy === undefined ? {} : { grantedBy: this.#real(grantedBy) }),
      ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    };
    await this.#world.create('secretgrants', this.#namespaces[owner], { metadata: { name: id }, spec });
  }

  async removeGrant({ owner, id }: Grant): Promise<void> {
    await this.#world.remove('secretgrants', this.#namespaces[owner], id);
  }

  async addJob(id: string, user: User, owner: User, secret: SecretName): Promise<void> {
    const env = [{ name: 'S', fromSecret: { name: secret, namespace: this.#namespaces[owner] } }];
    const body = {
      apiVersion: 'neu.ro/v1',
      kind: 'NeuroJob',
      metadata: { name: id },
      spec: { image: 'busybox:1', env, scheduleTimeout: '9999d' },
    };
    const path = `/apis/neu.ro/v1/namespaces/${this.#namespaces[user]}/neurojobs`;
    await this.#test.request({ method: 'POST', path, body });
  }

  async addCopy(name: string, { user, owner, secret }: Copy): Promise<void> {
    const spec = { sharedFrom: { namespace: this.#namespaces[owner], name: secret } };
    await this.#world.create('usersecrets', this.#namespaces[user], { metadata: { name }, spec });
  }

  async compare(model: GrantModel): Promise<void> {
    const might = new Map([...model.jobs.values()].map((job) => [job.id, jobMay(model, this.nowMs(), job)]));
    if (!model.isOperatorUp) return;
    this.#doubts = [];
    const endMs = Date.now() + settledWithinMs;
    for (;;) {
      const wrong = await this.#wrong(model, might);
      if (wrong.length === 0) break;
      if (Date.now() > endMs) throw new Error(wrong.join('\n'));
      await this.pass(pauseMs);
    }
    const now = this.nowMs();
    for (const job of model.jobs.values())
      if (!job.hasStarted && might.get(job.id) === true && !jobMay(model, now, job)) this.#unclear.add(job.id);
  }

  /** What is not as the model says, now. A job that runs without the right is wrong forever, and thrown. */
  async #wrong(model: GrantModel, might: ReadonlyMap<string, boolean>): Promise<readonly string[]> {
    this.looks += 1;
    const wrong: string[] = [];
    for (const user of users) {
      const jobs = [...model.jobs.values()].filter((job) => job.user === user && !job.hasStarted);
      if (jobs.length === 0) continue;
      const [pods, secrets] = await Promise.all([this.#list(user, 'pods'), this.#list(user, 'secrets')]);
      for (const job of jobs) {
        const may = jobMay(model, this.nowMs(), job);
        if (pods.some(({ metadata }) => metadata.name === job.id)) {
          if (might.get(job.id) !== true && !may && !this.#unclear.has(job.id))
            throw new Error(`${job.id} of ${user} runs with ${job.owner}/${job.secret}, and may not`);
          job.hasStarted = true;
        } else if (may) wrong.push(`${job.id} of ${user} does not run with ${job.owner}/${job.secret}, and may`);
        else if (secrets.some(({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === job.id)))
          wrong.push(`the values of ${job.id} are still in the namespace of ${user}, who may not use them`);
      }
    }
    for (const [id, copy] of model.copies) {
      const [before, native, after] = [
        copyMay(model, this.nowMs(), copy),
        await this.#world.get('secrets', this.#namespaces[copy.user], id.slice(id.indexOf('/') + 1)),
        copyMay(model, this.nowMs(), copy),
      ];
      // What runs out while it is looked at is neither.
      if (before === after && (native !== undefined) !== after)
        wrong.push(`the copy ${id} is ${after ? 'absent, and may be kept' : 'there, and may not be kept'}`);
    }
    // While something is wrong only that is asked again; a look at everything ends the step.
    const wasWhole = this.#doubts.length === 0;
    wrong.push(...(await this.#wrongAnswers(model, wasWhole ? questions : this.#doubts)));
    this.#doubts = questions.filter(({ text }) => wrong.some((line) => line.startsWith(`${text}: `)));
    return wasWhole || wrong.length > 0 ? wrong : this.#wrongAnswers(model, questions);
  }

  async #wrongAnswers(model: GrantModel, asked: readonly Question[]): Promise<readonly string[]> {
    const [before, answers] = [expectedVerbs(model, this.nowMs()), await this.#answers(asked)];
    const after = expectedVerbs(model, this.nowMs());
    return asked.flatMap(({ text }, at) => {
      // What runs out while it is asked is neither.
      if (answers[at] === true) return before.includes(text) || after.includes(text) ? [] : [`${text}: not given`];
      return after.includes(text) ? [`${text}: missing`] : [];
    });
  }

  #answers(asked: readonly Question[]): Promise<readonly boolean[]> {
    return Promise.all(
      asked.map(({ user, verb, owner, secret, isHome }) => {
        const who = isHome
          ? homeIdentity(this.#namespaces[user])
          : { user, groups: [...teamOf[user], 'system:authenticated'] };
        return this.#world.mayI(who, verb, this.#namespaces[owner], secret);
      }),
    );
  }

  async #list(user: User, plural: 'pods' | 'secrets'): Promise<readonly Item[]> {
    try {
      const path = `/api/v1/namespaces/${this.#namespaces[user]}/${plural}`;
      return (await this.#test.request<{ readonly items: readonly Item[] }>({ method: 'GET', path })).items;
    } catch (error) {
      if (isKernelError(error, 'NotFound')) return [];
      throw error;
    }
  }

  #real(subject: Subject): Subject {
    return subject.kind === 'Namespace' ? { ...subject, name: this.#namespaces[subject.name as User] } : subject;
  }
}
