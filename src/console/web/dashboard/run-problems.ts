/** What is wrong with a draft, by field, before anything is asked of the cluster. Pure. */
import { isDuration, JOB_VARIABLE_PREFIX, MAX_SECRETS_PER_JOB } from '../../../api/index.ts';
import { isJobName, isVariableName, type JobDraft, type SecretChoice, splitWords } from '../../../client/index.ts';
import { texts } from '../texts.ts';

/** By field: `image`, `attachment.3.target`, `variable.1.name`, … */
export type RunProblems = ReadonlyMap<string, string>;

const kubernetesPaths =
  /^\/(?:proc|sys)(?:\/|$)|^\/(?:etc\/(?:hosts|hostname|resolv\.conf)|dev\/(?:shm|termination-log))$/;

export function runProblems(draft: JobDraft, choices: ReadonlyMap<string, SecretChoice>): RunProblems {
  const problems = new Map<string, string>();
  const note = (field: string, problem: string | undefined | false): void => {
    if (problem !== undefined && problem !== false && !problems.has(field)) problems.set(field, problem);
  };
  const { name, image, entrypoint, command, lifeSpan, httpPort } = draft;
  note('name', name !== '' && !isJobName(name) && texts.run.badName);
  note('image', image.trim() === '' ? texts.run.noImage : /\s/.test(image.trim()) && texts.run.badImage);
  note('entrypoint', splitWords(entrypoint) === undefined && texts.run.openQuote);
  note('command', splitWords(command) === undefined && texts.run.openQuote);
  note('lifeSpan', lifeSpan !== '' && !isDuration(lifeSpan) && texts.value.badDuration);
  note(
    'httpPort',
    httpPort !== '' &&
      !(/^\d{1,5}$/.test(httpPort) && Number(httpPort) > 0 && Number(httpPort) < 65_536) &&
      texts.run.badPort,
  );
  for (const { id, kind, secret, target } of draft.attachments) {
    const field = `attachment.${String(id)}`;
    const choice = choices.get(secret);
    if (secret === '') note(`${field}.secret`, texts.run.noSecret);
    else if (choice === undefined) note(`${field}.secret`, texts.run.secretGone(secret));
    note(`${field}.target`, kind === 'env' ? variableProblem(target) : pathProblem(target));
  }
  for (const { id, name: variable } of draft.variables) note(`variable.${String(id)}.name`, variableProblem(variable));
  for (const { id, kind, source, path } of draft.mounts) {
    note(`mount.${String(id)}.path`, pathProblem(path));
    if (kind !== 'empty' && source === '') note(`mount.${String(id)}.source`, texts.run.noSource);
  }
  for (const [field, problem] of clashes(draft)) note(field, problem);
  const secrets = new Set(draft.attachments.map(({ secret }) => secret));
  if (secrets.size > MAX_SECRETS_PER_JOB) note('attachments', texts.run.tooManySecrets(MAX_SECRETS_PER_JOB));
  return problems;
}

/** Two things in one place: said at the later one. */
function clashes({ attachments, variables, mounts }: JobDraft): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  const names = new Set<string>();
  const envs = [
    ...variables.map(({ id, name }) => ({ field: `variable.${String(id)}.name`, name })),
    ...attachments
      .filter(({ kind }) => kind === 'env')
      .map(({ id, target }) => ({ field: `attachment.${String(id)}.target`, name: target })),
  ];
  for (const { field, name } of envs) {
    if (name !== '' && names.has(name)) found.push([field, texts.run.variableTwice(name)]);
    names.add(name);
  }
  const taken: { readonly path: string; readonly isFile: boolean; readonly readOnly: boolean }[] = [];
  const places = [
    ...mounts.map(({ id, path, readOnly, kind }) => ({
      field: `mount.${String(id)}.path`,
      path,
      isFile: false,
      readOnly: readOnly || kind === 'configMap',
    })),
    ...attachments
      .filter(({ kind }) => kind === 'file')
      .map(({ id, target }) => ({
        field: `attachment.${String(id)}.target`,
        path: target,
        isFile: true,
        readOnly: true,
      })),
  ];
  for (const { field, path, isFile, readOnly } of places) {
    if (path === '') continue;
    const other = taken.find(
      (one) => one.path === path || isUnder(path, one) || (isFile && isUnder(one.path, { path, isFile })),
    );
    if (other?.path === path) found.push([field, texts.run.pathTwice(path)]);
    else if (other !== undefined) found.push([field, texts.run.pathUnder(path, other.path)]);
    taken.push({ path, isFile, readOnly });
  }
  return found;
}

/** A file has nothing under it; a folder that may be written may have files of secrets. */
function isUnder(
  path: string,
  over: { readonly path: string; readonly isFile: boolean; readonly readOnly?: boolean },
): boolean {
  return path.startsWith(`${over.path}/`) && (over.isFile || over.readOnly === true);
}

function variableProblem(name: string): string | undefined {
  if (name === '') return texts.run.noVariable;
  if (!isVariableName(name)) return texts.run.badVariable;
  return name.startsWith(JOB_VARIABLE_PREFIX) ? texts.run.ownVariable(JOB_VARIABLE_PREFIX) : undefined;
}

function pathProblem(path: string): string | undefined {
  if (path === '') return texts.run.noPath;
  if (!path.startsWith('/')) return texts.run.relativePath;
  if (path === '/' || path.endsWith('/') || /\/\/|\/\.\.?(?:\/|$)|:/.test(path)) return texts.run.badPath;
  return kubernetesPaths.test(path) ? texts.run.kubernetesPath : undefined;
}
