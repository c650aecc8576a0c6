/**
 * The operator as a process on a real control plane, as the system that the model is compared with. Time is real, so what the model expects is
 * worked out at each look. The operator may be one of several sequences, whose people and namespaces have names of their own.
 *
 * A job may start while its grant runs out: then both are right. Where the model says at the beginning and at the end of a step that a job may
 * not, it must not.
 */
import { isKernelError } from '../../src/kernel/index.ts';
import type { TestCluster } from '../support/cluster.ts';
import type { Identity } from '../support/model-rbac.ts';
import { operatorWorld, type OperatorWorld } from '../support/operator-world.ts';
import type { ClusterView } from './cluster-view.ts';
import { expectedVerbs, homeIdentity, questions, type Question } from './expected-verbs.ts';
import type { GrantSystem } from './grant-commands.ts';
import {
  copyMay,
  jobMay,
  secretNames,
  specOf,
  team,
  teamOf,
  users,
  valueOf,
  type Copy,
  type Grant,
  type GrantModel,
  type Job,
  type SecretName,
  type Source,
  type Subject,
  type User,
} from './grant-model.ts';
import { settledWithinMs, untilRight } from './look.ts';
import { permissionsOf } from './permissions.ts';
import type { RuleReviews } from './rule-reviews.ts';
import type { SharedOperator } from './shared-operator.ts';

/** Of this many questions one is asked at the end of a sequence by a SubjectAccessReview, as the operator asks, and each that is answered yes. */
const askedAtEnd = 18;

export interface Shared {
  readonly test: TestCluster;
  readonly operator: SharedOperator;
  readonly view: ClusterView;
  readonly reviews: RuleReviews;
  readonly say: (line: string) => void;
}

export class ClusterGrants implements GrantSystem {
  /** Steps that ended with a look at everything, and those that were made while no operator ran. */
  looks = 0;
  stepsWithout = 0;
  /** Jobs that started, copies that got a value, and those that lost it. */
  readonly started = new Set<string>();
  readonly kept = new Set<string>();
  readonly ended = new Set<string>();
  readonly #shared: Shared;
  readonly #world: OperatorWorld;
  readonly #mark: string;
  readonly #namespaces: Readonly<Record<User, string>>;
  /** Jobs that may have started in the last moment of a grant. */
  readonly #unclear = new Set<string>();
  /** Jobs that could have started between the last look, while the operator was away, and this one. */
  #before: ReadonlySet<string> = new Set();
  /** By owner: what was right at the last look, and the version of the rights at that time. */
  readonly #verified = new Map<User, string>();

  private constructor(shared: Shared, mark: string, namespaces: Readonly<Record<User, string>>) {
    this.#shared = shared;
    this.#world = operatorWorld(shared.test);
    this.#mark = mark;
    this.#namespaces = namespaces;
  }

  /** `mark` is in the names of its people, and nobody else has it. */
  static async begin(shared: Shared, mark: string): Promise<ClusterGrants> {
    const made = await Promise.all(
      users.map(async (user) => {
        const groups = teamOf[user].map((name) => `${name}-${mark}`).join(',');
        const annotations = { 'neu.ro/user': `${user}-${mark}`, 'neu.ro/groups': groups };
        return [user, await shared.test.makeNamespace(user, annotations)] as const;
      }),
    );
    return new ClusterGrants(shared, mark, Object.fromEntries(made) as Record<User, string>);
  }

  /** The last look, with an operator that runs. */
  async compareAtEnd(model: GrantModel): Promise<void> {
    const { operator } = this.#shared;
    await operator.untilUp();
    this.#verified.clear();
    await this.compare(model);
    const endMs = this.nowMs() + settledWithinMs;
    for (;;) {
      const wrong = await this.#wrongAnswers(model);
      if (wrong.length === 0) return;
      if (this.nowMs() > endMs) throw new Error(wrong.join('\n'));
    }
  }

  async #wrongAnswers(model: GrantModel): Promise<readonly string[]> {
    const expected = new Set(expectedVerbs(model, this.nowMs()));
    const asked = questions.filter(({ text }, at) => expected.has(text) || at % askedAtEnd === 0);
    const answers = await Promise.all(asked.map((question) => this.#mayI(question)));
    return asked.flatMap(({ text }, at) =>
      answers[at] === expected.has(text) ? [] : [`a SubjectAccessReview says ${String(answers[at])} to: ${text}`],
    );
  }

  /** The namespaces go. */
  async end(): Promise<void> {
    for (const name of Object.values(this.#namespaces))
      await this.#shared.test.request({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
  }

  stopOperator(): Promise<void> {
    throw new Error('the operator is shared: its restarts are no steps');
  }

  startOperator(): Promise<void> {
    throw new Error('the operator is shared: its restarts are no steps');
  }

  nowMs(): number {
    return Date.now();
  }

  pass(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  async addSecret(owner: User, name: SecretName, source: Source): Promise<void> {
    const spec = specOf(source);
    await this.#world.create('usersecrets', this.#namespaces[owner], { metadata: { name }, spec });
  }

  async changeSecret(owner: User, name: SecretName, value: string): Promise<void> {
    await this.#world.patch('usersecrets', this.#namespaces[owner], name, { spec: { value } });
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
    await this.#shared.test.request({ method: 'POST', path, body });
  }

  async addCopy(name: string, { user, owner, secret }: Copy): Promise<void> {
    const spec = { sharedFrom: { namespace: this.#namespaces[owner], name: secret } };
    await this.#world.create('usersecrets', this.#namespaces[user], { metadata: { name }, spec });
  }

  async compare(model: GrantModel): Promise<void> {
    const { operator } = this.#shared;
    const startMs = this.nowMs();
    const might = new Set([...model.jobs.values()].filter((job) => jobMay(model, startMs, job)).map(({ id }) => id));
    // With the operator still away none of them has started since.
    if (!operator.isDown) for (const id of this.#before) might.add(id);
    this.#before = new Set();
    const end = await untilRight(this.#shared, Object.values(this.#namespaces), () => this.#wrong(model, might));
    if (end === 'down') return this.#lookWithout(model, might);
    this.looks += 1;
    const now = this.nowMs();
    this.#note(model);
    for (const job of model.jobs.values())
      if (!job.hasStarted && might.has(job.id) && !jobMay(model, now, job)) this.#unclear.add(job.id);
  }

  #note({ jobs, copies }: GrantModel): void {
    for (const { id, hasStarted } of jobs.values()) if (hasStarted) this.started.add(id);
    for (const [id, { user }] of copies) {
      const isThere = this.#shared.view.secret(this.#namespaces[user], id.slice(id.indexOf('/') + 1)) !== undefined;
      if (isThere) this.kept.add(id);
      else if (this.kept.has(id)) this.ended.add(id);
    }
  }

  /** No operator runs: what it had done when it ended stays so. */
  async #lookWithout(model: GrantModel, might: ReadonlySet<string>): Promise<void> {
    this.stepsWithout += 1;
    const waiting = [...model.jobs.values()].filter(({ id, hasStarted }) => !hasStarted && might.has(id));
    for (const job of waiting) if (await this.#hasPod(job)) job.hasStarted = true;
    this.#before = new Set(waiting.map(({ id }) => id));
  }

  /** What is not as the model says, now. A job that runs without the right is wrong forever, and thrown. */
  async #wrong(model: GrantModel, might: ReadonlySet<string>): Promise<readonly string[]> {
    const jobs = [...model.jobs.values()].filter(({ hasStarted }) => !hasStarted);
    return [
      ...jobs.flatMap((job) => this.#wrongJob(model, might, job)),
      ...users.flatMap((owner) =>
        secretNames.flatMap((name) => this.#wrongValue(owner, name, () => valueOf(model, owner, name))),
      ),
      ...[...model.copies].flatMap(([id, copy]) =>
        this.#wrongValue(copy.user, id.slice(id.indexOf('/') + 1), () =>
          copyMay(model, this.nowMs(), copy) ? valueOf(model, copy.owner, copy.secret) : undefined,
        ),
      ),
      ...(await Promise.all(users.map((owner) => this.#wrongVerbs(model, owner)))).flat(),
    ];
  }

  #wrongJob(model: GrantModel, might: ReadonlySet<string>, job: Job): readonly string[] {
    const { view } = this.#shared;
    const namespace = this.#namespaces[job.user];
    const may = jobMay(model, this.nowMs(), job);
    const what = `${job.id} of ${job.user}`;
    if (view.hasPod(namespace, job.id)) {
      if (!might.has(job.id) && !may && !this.#unclear.has(job.id))
        throw new Error(`${what} runs with ${job.owner}/${job.secret}, and may not`);
      job.hasStarted = true;
      return [];
    }
    if (may) return [`${what} does not run with ${job.owner}/${job.secret}, and may`];
    const isOfJob = view
      .secrets(namespace)
      .some(({ metadata }) =>
        metadata.ownerReferences?.some(({ kind, name }) => kind === 'NeuroJob' && name === job.id),
      );
    return isOfJob ? [`the values of ${job.id} are still in the namespace of ${job.user}, who may not use them`] : [];
  }

  /** Of the native Secret of a UserSecret. */
  #wrongValue(user: User, name: string, expected: () => string | undefined): readonly string[] {
    const before = expected();
    const base64 = this.#shared.view.secret(this.#namespaces[user], name)?.data?.[name];
    const found = base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
    // What runs out while it is looked at is neither.
    if (found === before || before !== expected()) return [];
    return [`${user}/${name} has ${found ?? 'no value'}, and should have ${before ?? 'none'}`];
  }

  /**
   * Of everybody in the home of that owner. It is asked where the rights there, or what the model says, have changed since it was right: nothing
   * but Roles and RoleBindings gives anybody anything.
   */
  async #wrongVerbs(model: GrantModel, owner: User): Promise<readonly string[]> {
    const { view, reviews } = this.#shared;
    const namespace = this.#namespaces[owner];
    const expected = (): readonly string[] =>
      expectedVerbs(model, this.nowMs()).filter((text) => text.includes(` ${owner}/`));
    const before = expected();
    const state = JSON.stringify([view.rightsVersion(namespace), before]);
    if (this.#verified.get(owner) === state) return [];
    const others = users.filter((user) => user !== owner);
    const answers = await Promise.all(
      others.flatMap((user) =>
        [false, true].map(async (isHome) =>
          permissionsOf(await reviews.rulesOf(this.#identity(user, isHome), namespace)).map(
            ({ verb, name }) => `${isHome ? 'jobs of ' : ''}${user} ${verb} ${owner}/${name}`,
          ),
        ),
      ),
    );
    const [found, after] = [new Set(answers.flat()), expected()];
    const wrong = [
      ...[...found]
        .filter((text) => !before.includes(text) && !after.includes(text))
        .map((text) => `${text}: not given`),
      // What runs out while it is asked is neither.
      ...after.filter((text) => before.includes(text) && !found.has(text)).map((text) => `${text}: missing`),
    ];
    if (wrong.length === 0 && before.length === after.length) this.#verified.set(owner, state);
    return wrong;
  }

  async #mayI({ user, verb, owner, secret, isHome }: Question): Promise<boolean> {
    return this.#world.mayI(this.#identity(user, isHome), verb, this.#namespaces[owner], secret);
  }

  #identity(user: User, isHome: boolean): Identity {
    if (isHome) return homeIdentity(this.#namespaces[user]);
    return { user: `${user}-${this.#mark}`, groups: [...teamOf[user].map(() => this.#team), 'system:authenticated'] };
  }

  async #hasPod({ user, id }: Job): Promise<boolean> {
    try {
      const path = `/api/v1/namespaces/${this.#namespaces[user]}/pods/${id}`;
      await this.#shared.test.request({ method: 'GET', path });
      return true;
    } catch (error) {
      if (isKernelError(error, 'NotFound')) return false;
      throw error;
    }
  }

  get #team(): string {
    return `${team}-${this.#mark}`;
  }

  #real(subject: Subject): Subject {
    switch (subject.kind) {
      case 'Namespace':
        return { ...subject, name: this.#namespaces[subject.name as User] };
      case 'Group':
        return { ...subject, name: this.#team };
      default:
        return { ...subject, name: `${subject.name}-${this.#mark}` };
    }
  }
}
