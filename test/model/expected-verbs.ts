/** Every question about the model that is asked after each step, and the model's answers. */
import type { Identity } from '../support/model-rbac.ts';
import {
  homeMay,
  personMay,
  secretNames,
  users,
  verbs,
  type GrantModel,
  type SecretName,
  type User,
  type Verb,
} from './grant-model.ts';

export interface Question {
  /** `alice get bob/db`; of jobs `jobs of alice use bob/db`. */
  readonly text: string;
  readonly user: User;
  readonly verb: Verb;
  readonly owner: User;
  readonly secret: SecretName;
  /** A service account of the user's home asks. */
  readonly isHome: boolean;
}

/** What somebody may in the own home is not ours. */
export const questions: readonly Question[] = users.flatMap((user) =>
  users
    .filter((owner) => owner !== user)
    .flatMap((owner) =>
      secretNames.flatMap((secret) =>
        verbs.flatMap((verb) =>
          [false, true].map((isHome) => {
            const text = `${isHome ? 'jobs of ' : ''}${user} ${verb} ${owner}/${secret}`;
            return { text, user, verb, owner, secret, isHome };
          }),
        ),
      ),
    ),
);

/** The questions that the model says yes to. */
export function expectedVerbs(model: GrantModel, now: number): readonly string[] {
  return questions
    .filter(({ user, verb, owner, secret, isHome }) =>
      (isHome ? homeMay : personMay)(model, now, user, verb, owner, secret),
    )
    .map(({ text }) => text);
}

export function homeIdentity(namespace: string): Identity {
  return {
    user: `system:serviceaccount:${namespace}:default`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
