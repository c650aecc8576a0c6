/** A text that names other secrets, and for each name the secret that is meant. The names appear while one types. */
import { Group, Input, NativeSelect, Select, Stack, Text, Textarea } from '@mantine/core';
import { useMemo, type ReactElement } from 'react';
import { calledName, isConditionTrue, type UserSecret } from '../../../api/index.ts';
import { MAX_TEMPLATE_PARTS, partRefusal, templateTextProblem, templateUses } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { userSecrets } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { compareText } from '../language/local.ts';
import { texts } from '../texts.ts';
import type { SecretInput, ValuePlace } from './secret-input.ts';

type TemplateInput = SecretInput & { readonly kind: 'template' };
type Part = TemplateInput['template']['parts'][number];

interface TemplateFieldsProps {
  readonly input: TemplateInput;
  readonly onChange: (input: SecretInput) => void;
  readonly error: string | undefined;
  readonly place: ValuePlace;
}

const encodings = ['Percent', 'Base64', 'JSON'] as const;
/** What is typed into the field narrows them. */
const mostOffered = 100;
/** In an address a value that is not encoded can change the host. */
const address = /^[a-z][a-z0-9+.-]*:\/\//i;

export function TemplateFields({ input, onChange, error, place }: TemplateFieldsProps): ReactElement {
  const { text, parts } = input.template;
  const { objects } = useLive(userSecrets, { namespace: place.namespace });
  const secrets = useMemo(
    () => [...objects.values()].sort((a, b) => compareText(calledName(a), calledName(b))),
    [objects],
  );
  const byName = useMemo(() => new Map(secrets.map((secret) => [secret.metadata.name, secret])), [secrets]);
  const find = (name: string): UserSecret | undefined => byName.get(name);
  const refusalOf = (secret: UserSecret): string | undefined =>
    partRefusal(secret, place.self, find, texts.sources.templateWords);
  const suggested = (name: string): string =>
    secrets.find((secret) => calledName(secret) === name && refusalOf(secret) === undefined)?.metadata.name ?? '';
  const put = (next: string, nextParts: readonly Part[]): void => {
    const refused = nextParts.flatMap(({ secret }) => [find(secret)].flatMap((found) => found ?? [])).map(refusalOf);
    onChange({
      kind: 'template',
      template: { text: next, parts: [...nextParts] },
      refused: refused.find((why) => why !== undefined),
    });
  };
  const write = (next: string): void => {
    const encode = address.test(next) ? { encode: 'Percent' as const } : {};
    const used = templateUses(next).filter((name) => name !== '');
    put(
      next,
      used.map((name) => parts.find((part) => part.name === name) ?? { name, secret: suggested(name), ...encode }),
    );
  };
  const change = (changed: Part): void =>
    put(
      text,
      parts.map((part) => (part.name === changed.name ? changed : part)),
    );
  const ofText = text === '' ? undefined : templateTextProblem(text, texts.sources.templateWords);
  const isOfText = error !== undefined && (text === '' || ofText !== undefined);
  return (
    <Stack gap="xs">
      <Textarea
        label={texts.sources.templateText}
        description={texts.sources.templateHelp}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        placeholder={texts.sources.templateExample}
        value={text}
        onChange={(event) => write(event.currentTarget.value)}
        error={isOfText ? error : undefined}
        autosize
        minRows={1}
        maxRows={8}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: 'mono' }}
      />
      {ofText !== undefined && !isOfText && (
        <Text size="xs" role="status" className="wrap">
          {ofText}
        </Text>
      )}
      {parts.slice(0, MAX_TEMPLATE_PARTS).map((part) => (
        <PartFields
          key={part.name}
          part={part}
          onChange={change}
          secrets={secrets}
          refusalOf={refusalOf}
          isTried={error !== undefined}
        />
      ))}
      {error !== undefined && !isOfText && input.refused === undefined && <Input.Error>{error}</Input.Error>}
    </Stack>
  );
}

interface PartFieldsProps {
  readonly part: Part;
  readonly onChange: (part: Part) => void;
  readonly secrets: readonly UserSecret[];
  readonly refusalOf: (secret: UserSecret) => string | undefined;
  readonly isTried: boolean;
}

function PartFields({ part, onChange, secrets, refusalOf, isTried }: PartFieldsProps): ReactElement {
  const { name, secret: chosen, encode } = part;
  const secret = secrets.find(({ metadata }) => metadata.name === chosen);
  const refused = secret === undefined ? undefined : refusalOf(secret);
  const isReady = secret === undefined || isConditionTrue(secret.status?.conditions, 'Ready');
  const isUnknown = chosen !== '' && secret === undefined;
  return (
    <div role="group" aria-label={texts.sources.part(name)}>
      <Group gap="sm" align="start">
        <Select
          label={texts.sources.part(name)}
          data={[
            ...secrets.map((one) => ({ value: one.metadata.name, label: calledName(one) })),
            ...(isUnknown ? [{ value: chosen, label: chosen }] : []),
          ]}
          value={chosen === '' ? null : chosen}
          placeholder={texts.sources.choose}
          onChange={(next) => onChange({ ...part, secret: next ?? '' })}
          searchable
          limit={mostOffered}
          nothingFoundMessage={texts.sources.noSecret}
          allowDeselect={false}
          error={refused ?? (isTried && chosen === '' ? true : undefined)}
          flex="1 1 12rem"
          classNames={{ input: 'mono' }}
        />
        <NativeSelect
          label={texts.sources.encode}
          aria-label={texts.sources.encodeOf(name)}
          data={[
            { value: '', label: texts.sources.encodings.None },
            ...encodings.map((value) => ({ value, label: texts.sources.encodings[value] })),
          ]}
          value={encode ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onChange({ name, secret: chosen, ...defined({ encode: encodings.find((known) => known === value) }) })
          }
          w={190}
        />
      </Group>
      {(isUnknown || !isReady) && (
        <Text size="xs" c="dimmed" role="status">
          {texts.sources.waits}
        </Text>
      )}
    </div>
  );
}
