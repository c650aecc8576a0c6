/** Names that people type or that are made for them: jobs and variables. Pure. */
import type { NeuroJob } from '../api/index.ts';

/** The original's rule for the name of a job; the API itself takes more. */
const JOB_NAME = /^[a-z](?:-?[a-z0-9])*$/;
const MIN_JOB_NAME = 3;
const MAX_JOB_NAME = 40;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Hexadecimal digits after the base: 65,536 names, and one that is taken is drawn again. */
const SUFFIX_DIGITS = 4;
/** The names that former versions made. */
const UUID_NAME = /^job-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ANY_JOB = 'job';

export function isJobName(name: string): boolean {
  return name.length >= MIN_JOB_NAME && name.length <= MAX_JOB_NAME && JOB_NAME.test(name);
}

export function isVariableName(name: string): boolean {
  return VARIABLE.test(name);
}

/** The name of a job that nobody named. `generateName` is its base with a dash and marks it as made up. */
export interface MadeName {
  readonly name: string;
  readonly generateName: string;
}

/** `terminal-7f3a`. */
export function makeJobName(base: string, suffix = nameSuffix()): MadeName {
  const slug = slugOf(base);
  return { name: `${slug}-${suffix}`, generateName: `${slug}-` };
}

/** `random` returns 0 to 1, as `Math.random`: a name needs no secrecy. */
export function nameSuffix(random: () => number = Math.random): string {
  return Array.from({ length: SUFFIX_DIGITS }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** `registry.example/team/jupyter:1` → `jupyter`. */
export function baseOfImage(image: string): string {
  const path = image.split('@')[0] ?? '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.split(':')[0] ?? '';
}

/** What the name of another run begins with: the former base, the name that somebody chose, or else that of the image. */
export function baseOfJob({ metadata, spec }: NeuroJob): string {
  if (isMadeUp({ metadata })) return metadata.generateName?.replace(/-$/, '') ?? baseOfImage(spec.image);
  return metadata.name;
}

/** Whether nobody chose the name of the job. */
export function isMadeUp({ metadata: { name, generateName = '' } }: Pick<NeuroJob, 'metadata'>): boolean {
  return (generateName !== '' && name.startsWith(generateName)) || UUID_NAME.test(name);
}

function slugOf(base: string): string {
  const slug = base
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_JOB_NAME - SUFFIX_DIGITS - 1)
    .replace(/-+$/, '');
  return slug === '' ? ANY_JOB : slug;
}
