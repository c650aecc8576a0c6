/**
 * `neuro secret add --template` and `--from-config-map`: a secret whose value the operator takes from other objects. Nothing is sealed,
 * and no value is read here.
 */
import {
  FIELD_MANAGERS,
  NO_SOURCE,
  findCondition,
  objectNameForKey,
  type UserSecret,
  type UserSecretSpec,
  withoutAppliedValue,
} from '../../../api/index.ts';
import { templateProblem, templateUses, templateWords } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import type { Connection } from '../../connect/connection.ts';
import { userSecrets } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { parseSecretMetadata } from '../../args/secret-metadata.ts';
import { waitingForOperator, withProgress } from '../../output/progress.ts';
import { say, warn } from '../../output/say.ts';
import { sentencesBeforeReplacing } from '../../secrets/field-owners.ts';
import { findSecret, parseKeyOrUri, type NamedSecret } from '../../secrets/find-secret.ts';
import { checkWords, secretNamed } from '../../secrets/named-secrets.ts';
import { settled } from '../../secrets/write-secret.ts';
import type { AddOptions } from './add.ts';

export interface ComposeOptions {
  readonly template?: string;
  readonly part?: readonly string[];
  readonly fromConfigMap?: string;
}

type Template = NonNullable<UserSecretSpec['template']>;
type Part = Template['parts'][number];

const settleLimitMs = 3_000;
const encodings: Readonly<Record<string, NonNullable<Part['encode']>>> = {
  percent: 'Percent',
  base64: 'Base64',
  json: 'JSON',
};

export async function composeSecret(
  run: Invocation<AddOptions & ComposeOptions>,
  keyText: string,
  argument: string | undefined,
): Promise<void> {
  const { options } = run;
  const why = `The value comes from ${options.fromConfigMap === undefined ? '--template' : '--from-config-map'}, and nothing is sealed`;
  if (argument !== undefined) throw new CliError('usage', `${why}: leave out VALUE.`);
  refuseBeside(options, why, ['raw', 'from', 'for', 'recovery', 'rotateBy', 'cert', 'key', 'ca', 'tls']);
  const secretMetadata = parseSecretMetadata(options);
  const wanted = wantedSource(options);
  const { connection, named } = await secretNamed(run, keyText);
  const source: Source = 'configMapKeyRef' in wanted ? wanted : await templateOf(connection, named, wanted);
  const existing = await findSecret(connection, named);
  if (existing !== undefined && source.template?.parts.some(({ secret }) => secret === existing.metadata.name) === true)
    throw new CliError('value', `'${named.key}' cannot be a part of itself.`);
  const next = source.template === undefined ? 'configMapKeyRef' : 'template';
  for (const sentence of existing === undefined ? [] : sentencesBeforeReplacing(existing, named, next))
    warn(run, sentence);
  const secret = await write(connection, named, existing, {
    ...source,
    ...defined({ description: options.description, secretMetadata }),
  });
  const how = source.template === undefined ? 'follows the ConfigMap' : 'is composed of its parts';
  say(run, `Secret '${named.key}' ${existing === undefined ? 'added' : 'updated'}; its value ${how}.`);
  const now = await withProgress(run, waitingForOperator, () => settled(connection, secret, settleLimitMs));
  if (now === undefined) {
    warn(run, 'The operator has not taken it up yet; does it run? Jobs wait until it has. `neuro doctor` looks.');
    return;
  }
  const ready = findCondition(now.status?.conditions, 'Ready');
  if (ready?.status !== 'True')
    throw new CliError(
      'other',
      `Secret '${named.key}' is kept, but not usable (${ready?.reason ?? ''}): ${ready?.message ?? ''}`,
    );
}

function write(
  { client }: Connection,
  { namespace, key }: NamedSecret,
  existing: UserSecret | undefined,
  spec: UserSecretSpec,
): Promise<UserSecret> {
  const by = { fieldManager: FIELD_MANAGERS.cli };
  if (existing !== undefined) {
    const ref = { namespace, name: existing.metadata.name };
    const metadata = { annotations: withoutAppliedValue(existing.metadata) };
    return client.patch(userSecrets, ref, { metadata, spec: { ...NO_SOURCE, ...spec } }, by);
  }
  const name = objectNameForKey(key);
  return client.create(
    userSecrets,
    { metadata: { namespace, name }, spec: { ...(name === key ? {} : { key }), ...spec } },
    by,
  );
}

type Source = Pick<UserSecretSpec, 'template' | 'configMapKeyRef'>;
/** A part by the key or the URI that was typed. */
type WantedPart = Pick<Part, 'name' | 'encode'> & { readonly key: string };

/** What can be known without the cluster. */
function wantedSource({
  template,
  part = [],
  fromConfigMap,
}: ComposeOptions):
  Pick<Required<UserSecretSpec>, 'configMapKeyRef'> | { readonly text: string; readonly parts: readonly WantedPart[] } {
  if (fromConfigMap !== undefined) {
    const [name = '', key = '', ...more] = fromConfigMap.split('/');
    if (template !== undefined || part.length > 0)
      throw new CliError('usage', 'A secret has one source: --template, or --from-config-map.');
    if (name === '' || key === '' || more.length > 0)
      throw new CliError('usage', `--from-config-map is NAME/KEY, as in settings/host; not '${fromConfigMap}'.`);
    return { configMapKeyRef: { name, key } };
  }
  if (template === undefined) throw new CliError('usage', '--part belongs to a --template.');
  const parts = part.map(wantedPart);
  checkWords(parts.map(({ key }) => key));
  // Any name of a UserSecret: which one it is, is known later.
  checkTemplate({ text: template, parts: parts.map(({ key: _typed, ...rest }) => ({ ...rest, secret: 'part' })) });
  return { text: template, parts };
}

async function templateOf(
  connection: Connection,
  { namespace }: NamedSecret,
  { text, parts }: { readonly text: string; readonly parts: readonly WantedPart[] },
): Promise<Source> {
  const found: Part[] = [];
  for (const part of parts) found.push(await partOf(connection, namespace, part));
  return { template: { text, parts: found } };
}

/** The API server's own sentences would quote the text, so it may say only which fields are wrong. */
function checkTemplate(template: Template): void {
  const unknown = (name: string): string =>
    `the text has $(${name}), and there is no part of that name; add --part ${name}=KEY`;
  const problem = templateProblem(template, { ...templateWords, unknown });
  if (problem !== undefined) throw new CliError('value', `--template: ${problem}.`);
  const uses = templateUses(template.text);
  for (const [index, { name }] of template.parts.entries()) {
    if (!uses.includes(name))
      throw new CliError('value', `--part ${name}: the text of --template has no $(${name}); leave the part out.`);
    if (template.parts.findIndex((part) => part.name === name) < index)
      throw new CliError('value', `--part ${name} is given twice.`);
  }
}

function wantedPart(text: string): WantedPart {
  const [, name = '', key = '', encoding] = /^([^=]*)=([^,]*)(?:,(.*))?$/s.exec(text) ?? [];
  if (name === '' || key === '')
    throw new CliError('usage', `--part is NAME=KEY or NAME=KEY,ENCODING, as in user=db-user; not '${text}'.`);
  const encode = encoding === undefined ? undefined : encodings[encoding.toLowerCase()];
  if (encoding !== undefined && encode === undefined)
    throw new CliError('usage', `An encoding is percent, base64 or json, not '${encoding}'.`);
  return { name, key, ...defined({ encode }) };
}

async function partOf(connection: Connection, namespace: string, { key, ...part }: WantedPart): Promise<Part> {
  const named = parseKeyOrUri(key, namespace, connection.clusterName);
  if (named.namespace !== namespace)
    throw new CliError(
      'value',
      `The part '${part.name}' is in another namespace: a template has secrets of its own namespace as parts.`,
    );
  const found = await findSecret(connection, named);
  // One that comes later is waited for, under the name that it will have.
  return { ...part, secret: found?.metadata.name ?? objectNameForKey(named.key) };
}
