/** What the container will see: each variable and path, where it comes from, and what is odd about it. Pure. */
import { defined } from '../../../defined.ts';
import { texts } from '../texts.ts';
import type { JobDraft, SecretChoice } from '../../../client/index.ts';
import type { RunProblems } from './run-problems.ts';

export interface Seen {
  readonly id: string;
  readonly kind: 'env' | 'file' | 'volume';
  readonly target: string;
  readonly source: string;
  readonly secret?: SecretChoice;
  /** Red: the job cannot be run so. */
  readonly clash?: string;
  /** Amber: it can, but look. */
  readonly warning?: string;
}

/** Variables that change which programs run: a value of someone else should not, without a look. */
const dangerous =
  /^(?:LD_|DYLD_|PATH$|BASH_ENV$|ENV$|NODE_OPTIONS$|PYTHON(?:PATH|STARTUP|HOME)$|PERL5(?:OPT|LIB)$|RUBYOPT$|JAVA_TOOL_OPTIONS$|GIT_SSH|PROMPT_COMMAND$|HOME$|IFS$)/;
const soonMs = 24 * 3_600_000;

export function containerView(
  draft: JobDraft,
  choices: ReadonlyMap<string, SecretChoice>,
  problems: RunProblems,
  nowMs: number,
): readonly Seen[] {
  const secrets = draft.attachments.map(({ id, kind, secret, target }): Seen => {
    const field = `attachment.${String(id)}`;
    const choice = choices.get(secret);
    const warning = warningOf(kind, target, choice, nowMs);
    const clash = target === '' ? undefined : (problems.get(`${field}.target`) ?? problems.get(`${field}.secret`));
    return {
      id: field,
      kind,
      target: target === '' ? texts.run.unnamed : target,
      source: secret === '' ? texts.run.noSecretYet : secret,
      ...defined({ secret: choice, clash, warning }),
    };
  });
  const variables = draft.variables.map(({ id, name, value }): Seen => {
    const clash = name === '' ? undefined : problems.get(`variable.${String(id)}.name`);
    const looksSecret = /(?:password|passwd|secret|token|api_?key|private_?key)/i.test(name) && value !== '';
    return {
      id: `variable.${String(id)}`,
      kind: 'env',
      target: name === '' ? texts.run.unnamed : name,
      source: texts.run.plainValue,
      ...defined({ clash }),
      ...(looksSecret ? { warning: texts.run.looksSecret } : {}),
    };
  });
  const mounts = draft.mounts.map(({ id, kind, source, path }): Seen => {
    const clash = path === '' ? undefined : problems.get(`mount.${String(id)}.path`);
    return {
      id: `mount.${String(id)}`,
      kind: 'volume',
      target: path === '' ? texts.run.unnamed : path,
      source: kind === 'empty' ? texts.run.emptyFolder : source,
      ...defined({ clash }),
    };
  });
  return [...variables, ...secrets, ...mounts];
}

function warningOf(
  kind: 'env' | 'file',
  target: string,
  choice: SecretChoice | undefined,
  nowMs: number,
): string | undefined {
  if (choice?.isReady === false) return texts.run.notReady;
  if (kind === 'env' && dangerous.test(target)) return texts.run.dangerous(target);
  if (choice?.expiresAt !== undefined && new Date(choice.expiresAt).getTime() - nowMs < soonMs)
    return texts.run.endsSoon;
  return undefined;
}
