/** What people, time and failures do to grants, in any order. Each step ends with a look at everything that anybody may do. */
import fc from 'fast-check';
import {
  inForce,
  secretNames,
  team,
  teamOf,
  users,
  type Copy,
  type Grant,
  type GrantModel,
  type SecretName,
  type Source,
  type Subject,
  type User,
} from './grant-model.ts';

/** The real thing, behind the words of the model. */
export interface GrantSystem {
  addSecret(owner: User, name: SecretName, source: Source): Promise<void>;
  changeSecret(owner: User, name: SecretName, value: string): Promise<void>;
  removeSecret(owner: User, name: SecretName): Promise<void>;
  addGrant(grant: Grant): Promise<void>;
  removeGrant(grant: Grant): Promise<void>;
  addJob(id: string, user: User, owner: User, secret: SecretName): Promise<void>;
  /** A UserSecret of that name in the user's home. */
  addCopy(name: string, copy: Copy): Promise<void>;

  stopOperator(): Promise<void>;
  startOperator(): Promise<void>;
  /** Epoch milliseconds. */
  nowMs(): number;
  pass(ms: number): Promise<void>;
  /** Resolves when the operator, where it is up, has done all that it has to; throws where something is not as the model says. */
  compare(model: GrantModel): Promise<void>;
}

export type Step = fc.AsyncCommand<GrantModel, GrantSystem>;

interface Doing {
  readonly text: string;
  readonly check?: (model: GrantModel) => boolean;
  readonly run: (model: GrantModel, system: GrantSystem) => Promise<void>;
}

interface StepOptions {
  /** For how long grants are given, and how long nothing happens. */
  readonly passesMs: readonly number[];
  /** False: restarts and outages are no steps. */
  readonly hasOutages?: boolean;
}

export function grantSteps({ passesMs, hasOutages = true }: StepOptions): fc.Arbitrary<Step>[] {
  const user = fc.constantFrom(...users);
  const secret = fc.constantFrom(...secretNames);
  const access = fc.constantFrom('read' as const, 'copy' as const, 'write' as const, 'manage' as const);
  const about = fc.option(secret, { nil: undefined, freq: 4 });
  const lifeMs = fc.option(fc.constantFrom(...passesMs), { nil: undefined });
  const subject: fc.Arbitrary<Subject> = fc.oneof(
    { arbitrary: user.map((name) => ({ kind: 'User' as const, name })), weight: 4 },
    { arbitrary: fc.constant({ kind: 'Group' as const, name: team }), weight: 1 },
    { arbitrary: user.map((name) => ({ kind: 'Namespace' as const, name })), weight: 1 },
  );
  const which = fc.nat({ max: 1_000 });
  return [
    fc.tuple(user, secret).map(([owner, name]) => addSecret(owner, name)),
    fc.tuple(user, secret).map(([owner, name]) => addSecret(owner, name)),
    fc.tuple(user, secret).map(([owner, name]) => addTemplate(owner, name)),
    fc.tuple(user, secret).map(([owner, name]) => changeSecret(owner, name)),
    fc.tuple(user, secret).map(([owner, name]) => removeSecret(owner, name)),
    fc.tuple(user, about, subject, access, lifeMs).map(([...words]) => grant(...words)),
    fc.tuple(user, about, subject, fc.constant('manage' as const), lifeMs).map(([...words]) => grant(...words)),
    fc.tuple(which, about, subject, access, lifeMs).map(([...words]) => regrant(...words)),
    fc.tuple(which, about, subject, access, lifeMs).map(([...words]) => regrant(...words)),
    which.map(revoke),
    fc.tuple(user, about, subject, fc.constant('copy' as const), lifeMs).map(([...words]) => grant(...words)),
    fc.tuple(user, user, secret).map(([by, owner, name]) => startJob(by, owner, name)),
    fc.tuple(which, secret).map(([...words]) => runGranted(...words)),
    fc.tuple(user, user, secret).map(([by, owner, name]) => keepCopy({ user: by, owner, secret: name })),
    fc.tuple(which, secret).map(([...words]) => keepGranted(...words)),
    fc.tuple(which, secret).map(([...words]) => keepGranted(...words)),
    fc.constantFrom(...passesMs).map(pass),
    ...(hasOutages ? [fc.constant(null).map(restart), fc.constant(null).map(outage)] : []),
  ];
}

function step({ text, check = () => true, run }: Doing): Step {
  return {
    check,
    run: async (model, system) => {
      await run(model, system);
      await system.compare(model);
    },
    toString: () => text,
  };
}

const addSecret = (owner: User, name: SecretName): Step =>
  step({
    text: `${owner} adds ${name}`,
    check: ({ secrets }) => !secrets.has(`${owner}/${name}`),
    run: async (model, system) => {
      model.count += 1;
      const source = { value: `${owner} ${String(model.count)}` };
      model.secrets.set(`${owner}/${name}`, source);
      await system.addSecret(owner, name, source);
    },
  });

/** One secret is composed of the other. */
const addTemplate = (owner: User, name: SecretName): Step => {
  const partOf = secretNames.find((other) => other !== name) ?? name;
  return step({
    text: `${owner} composes ${name} of ${partOf}`,
    check: ({ secrets }) => !secrets.has(`${owner}/${name}`) && !isTemplate(secrets.get(`${owner}/${partOf}`)),
    run: async ({ secrets }, system) => {
      secrets.set(`${owner}/${name}`, { partOf });
      await system.addSecret(owner, name, { partOf });
    },
  });
};

const changeSecret = (owner: User, name: SecretName): Step =>
  step({
    text: `${owner} changes ${name}`,
    check: ({ secrets }) => secrets.has(`${owner}/${name}`) && !isTemplate(secrets.get(`${owner}/${name}`)),
    run: async (model, system) => {
      model.count += 1;
      const value = `${owner} ${String(model.count)}`;
      model.secrets.set(`${owner}/${name}`, { value });
      await system.changeSecret(owner, name, value);
    },
  });

/** A composed value stays when its part goes, so the part goes after it. */
const removeSecret = (owner: User, name: SecretName): Step =>
  step({
    text: `${owner} removes ${name}`,
    check: ({ secrets }) =>
      secrets.has(`${owner}/${name}`) &&
      !secretNames.some((other) => other !== name && isTemplate(secrets.get(`${owner}/${other}`))),
    run: async ({ secrets }, system) => {
      secrets.delete(`${owner}/${name}`);
      await system.removeSecret(owner, name);
    },
  });

function isTemplate(source: Source | undefined): boolean {
  return source !== undefined && 'partOf' in source;
}

const grant = (
  owner: User,
  secret: SecretName | undefined,
  subject: Subject,
  access: Grant['access'],
  lifeMs: number | undefined,
): Step =>
  step({
    text: `${owner} grants ${access} on ${secret ?? 'all'} to ${subject.kind} ${subject.name}${ofLife(lifeMs)}`,
    check: () => subject.name !== owner,
    run: (model, system) => make(model, system, { owner, secret, subject, access, grantedBy: undefined }, lifeMs),
  });

/** By somebody who may share: on the right of one of the grants to manage that are in force. */
function regrant(
  which: number,
  about: SecretName | undefined,
  subject: Subject,
  access: Grant['access'],
  lifeMs: number | undefined,
): Step {
  const basis = (model: GrantModel, now: number): Grant | undefined => {
    const managing = [...inForce(model, now)].filter(
      (each) => each.access === 'manage' && each.subject.kind !== 'Namespace' && each.owner !== subject.name,
    );
    return managing[which % Math.max(1, managing.length)];
  };
  return step({
    text: `manager ${String(which)} grants ${access} on ${about ?? 'all'} to ${subject.kind} ${subject.name}${ofLife(lifeMs)}`,
    check: ({ grants }) => [...grants.values()].some((each) => each.access === 'manage'),
    run: async (model, system) => {
      const on = basis(model, system.nowMs());
      if (on === undefined) return;
      const { owner, secret = about, subject: grantedBy } = on;
      await make(model, system, { owner, secret, subject, access, grantedBy }, lifeMs);
    },
  });
}

async function make(
  model: GrantModel,
  system: GrantSystem,
  words: Omit<Grant, 'id' | 'expiresAt'>,
  lifeMs: number | undefined,
): Promise<void> {
  model.count += 1;
  const id = `grant-${String(model.count)}`;
  const made = { ...words, id, expiresAt: lifeMs === undefined ? undefined : system.nowMs() + lifeMs };
  model.grants.set(id, made);
  await system.addGrant(made);
}

const revoke = (which: number): Step =>
  step({
    text: `grant ${String(which)} is revoked`,
    check: ({ grants }) => grants.size > 0,
    run: async ({ grants }, system) => {
      const all = [...grants.values()];
      const gone = all[which % all.length];
      if (gone === undefined) return;
      grants.delete(gone.id);
      await system.removeGrant(gone);
    },
  });

const startJob = (user: User, owner: User, secret: SecretName): Step =>
  step({
    text: `${user} runs a job with ${owner}/${secret}`,
    run: (model, system) => addJob(model, system, { user, owner, secret }),
  });

async function addJob(model: GrantModel, system: GrantSystem, { user, owner, secret }: Copy): Promise<void> {
  model.count += 1;
  const id = `job-${String(model.count)}`;
  model.jobs.set(id, { id, user, owner, secret, hasStarted: false });
  await system.addJob(id, user, owner, secret);
}

const keepCopy = (copy: Copy): Step =>
  step({
    text: `${copy.user} keeps a copy of ${copy.owner}/${copy.secret}`,
    check: (model) => copy.user !== copy.owner && !model.copies.has(copyId(copy)),
    run: (model, system) => addCopy(model, system, copy),
  });

const copyName = ({ owner, secret }: Copy): string => `copy-of-${owner}-${secret}`;
const copyId = (copy: Copy): string => `${copy.user}/${copyName(copy)}`;

async function addCopy({ copies }: GrantModel, system: GrantSystem, copy: Copy): Promise<void> {
  if (copies.has(copyId(copy))) return;
  copies.set(copyId(copy), copy);
  await system.addCopy(copyName(copy), copy);
}

/** Of those who have something by a grant: most of what is chosen blindly is granted to nobody. */
function granted(model: GrantModel, now: number, which: number, about: SecretName, access?: 'copy'): Copy | undefined {
  const all = [...inForce(model, now)].filter((each) => access === undefined || each.access === access);
  const found = all[which % Math.max(1, all.length)];
  const user = users.find((name) => name !== found?.owner && found !== undefined && isFor(found.subject, name));
  return found && user && { user, owner: found.owner, secret: found.secret ?? about };
}

const runGranted = (which: number, about: SecretName): Step =>
  step({
    text: `somebody runs a job by grant ${String(which)}`,
    check: ({ grants }) => grants.size > 0,
    run: async (model, system) => {
      const use = granted(model, system.nowMs(), which, about);
      if (use !== undefined) await addJob(model, system, use);
    },
  });

const keepGranted = (which: number, about: SecretName): Step =>
  step({
    text: `somebody keeps a copy by grant ${String(which)}`,
    check: ({ grants }) => [...grants.values()].some(({ access }) => access === 'copy'),
    run: async (model, system) => {
      const copy = granted(model, system.nowMs(), which, about, 'copy');
      if (copy !== undefined) await addCopy(model, system, copy);
    },
  });

function isFor({ kind, name }: Subject, user: User): boolean {
  return kind === 'Group' ? teamOf[user].includes(name) : name === user;
}

const pass = (ms: number): Step =>
  step({ text: `${String(ms / 1000)} s pass`, run: (_model, system) => system.pass(ms) });

const restart = (): Step =>
  step({
    text: 'the operator restarts',
    check: ({ isOperatorUp }) => isOperatorUp,
    run: async (_model, system) => {
      await system.stopOperator();
      await system.startOperator();
    },
  });

/** Begins one, or ends it. */
const outage = (): Step =>
  step({
    text: 'the operator goes, or comes back',
    run: async (model, system) => {
      model.isOperatorUp = !model.isOperatorUp;
      await (model.isOperatorUp ? system.startOperator() : system.stopOperator());
    },
  });

function ofLife(lifeMs: number | undefined): string {
  return lifeMs === undefined ? '' : ` for ${String(lifeMs / 1000)} s`;
}
