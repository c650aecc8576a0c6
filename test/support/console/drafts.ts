/** Drafts and choices for the tests of the run dialog. */
import type { JobDraft, SecretChoice } from '../../../src/client/index.ts';

export const draft = (part: Partial<JobDraft> = {}): JobDraft => ({
  kind: 'job',
  name: '',
  base: '',
  image: 'busybox:1',
  entrypoint: '',
  command: '',
  preset: '',
  attachments: [],
  variables: [],
  mounts: [],
  httpPort: '',
  lifeSpan: '',
  restartPolicy: 'Never',
  description: '',
  tags: [],
  kept: {},
  references: {},
  labels: {},
  ...part,
});

export const mine: SecretChoice = {
  uri: 'secret:db-password',
  namespace: 'alice',
  name: 'db-password',
  key: 'db-password',
  isMine: true,
  isListed: false,
  owner: 'alice',
  version: '0123456789ab',
  isReady: true,
};
export const shared: SecretChoice = {
  uri: 'secret:/bob/API_TOKEN',
  namespace: 'bob',
  name: 'api-token-0a1b2c3d',
  key: 'API_TOKEN',
  isMine: false,
  isListed: true,
  owner: 'bob',
  isReady: true,
};
export const choices: ReadonlyMap<string, SecretChoice> = new Map([mine, shared].map((choice) => [choice.uri, choice]));

export const env = (id: number, target: string, secret = mine.uri) => ({ id, kind: 'env', secret, target }) as const;
export const file = (id: number, target: string, secret = mine.uri) => ({ id, kind: 'file', secret, target }) as const;
