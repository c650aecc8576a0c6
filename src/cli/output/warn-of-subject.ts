/** One warning for every command that shares something. */
import type { SecretGrantSubject } from '../../api/index.ts';
import { subjectDoubt } from '../../client/index.ts';
import { warn, type Speaker } from './say.ts';

/** Whether it warned. */
export function warnOfSubject(run: Speaker, subject: SecretGrantSubject): boolean {
  const doubt = subjectDoubt(subject);
  if (doubt !== undefined) warn(run, doubt);
  return doubt !== undefined;
}
