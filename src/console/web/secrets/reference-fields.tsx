/** A key of a ConfigMap or of a native Secret. The console lists ConfigMaps, and never Secrets: of one its keys are asked for by its name. */
import { Group, Input, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { isObjectName, TLS_TYPE } from '../../../api/index.ts';
import { configMaps } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { compareText } from '../language/local.ts';
import { SuggestedInput } from '../parts/suggested-input.tsx';
import { texts } from '../texts.ts';
import { keysOfSecret } from './native-keys.ts';
import type { SecretInput, ValuePlace } from './secret-input.ts';

type InputOf<Kind extends SecretInput['kind']> = SecretInput & { readonly kind: Kind };

interface FieldsProps<Kind extends SecretInput['kind']> {
  readonly input: InputOf<Kind>;
  readonly onChange: (input: SecretInput) => void;
  readonly error: string | undefined;
}

/** The API server reads them whole. */
const mostConfigMaps = 200;

export function ConfigMapFields(props: FieldsProps<'configMap'> & { readonly namespace: string }): ReactElement {
  const { input, onChange, error, namespace } = props;
  const { connection } = useCluster();
  const { data: keysByName = new Map<string, readonly string[]>() } = useQuery({
    queryKey: ['config-map-keys', connection.context, namespace],
    queryFn: async ({ signal }) => {
      const { items } = await connection.page(configMaps, { namespace }, { limit: mostConfigMaps }, signal);
      return new Map(
        items
          .map(({ metadata, data, binaryData }) => [metadata.name, Object.keys({ ...data, ...binaryData })] as const)
          .filter(([name]) => name !== 'kube-root-ca.crt'),
      );
    },
    retry: false,
  });
  const isName = isObjectName(input.name);
  return (
    <Stack gap={4}>
      <Group gap="sm" align="start">
        <SuggestedInput
          label={texts.sources.configMap}
          known={[...keysByName.keys()].sort(compareText)}
          value={input.name}
          onChange={(name) => onChange({ ...input, name })}
          error={error !== undefined && !isName}
          flex="1 1 10rem"
          isListed
          classNames={{ input: 'mono' }}
        />
        <SuggestedInput
          label={texts.sources.keyIn}
          known={keysByName.get(input.name) ?? []}
          value={input.key}
          onChange={(key) => onChange({ ...input, key })}
          error={error !== undefined && isName}
          flex="1 1 8rem"
          isListed
          classNames={{ input: 'mono' }}
        />
      </Group>
      {error !== undefined && <Input.Error>{error}</Input.Error>}
      <Text size="xs" c="dimmed">
        {texts.sources.configMapHelp}
      </Text>
    </Stack>
  );
}

const pairValue = ' pair';

export function SecretFields(props: FieldsProps<'secret'> & { readonly place: ValuePlace }): ReactElement {
  const { input, onChange, error, place } = props;
  const { connection } = useCluster();
  const { namespace } = place;
  /** The name is whole: the field was left. */
  const [asked, setAsked] = useState(input.name);
  const { data: found } = useQuery({
    queryKey: ['native-keys', connection.context, namespace, asked],
    queryFn: ({ signal }) => keysOfSecret(connection, { namespace, name: asked }, signal),
    enabled: isObjectName(asked),
    retry: false,
    gcTime: 0,
  });
  const known = typeof found === 'object' && asked === input.name ? found : undefined;
  const said = found === undefined || asked !== input.name ? undefined : saidOf(found, asked);
  const isName = isObjectName(input.name);
  const isTls = known?.type === TLS_TYPE && place.pair !== false;
  /** The focus is in the field in which a key is typed. */
  const [isInText, setIsInText] = useState(false);
  // What is being typed stays a field until it is left: one that is replaced loses the focus, and the page takes the rest as its own keys.
  const isTyped = !input.isPair && (known === undefined || (isInText && input.key !== ''));
  const options = known === undefined ? [] : [...known.keys].sort(compareText);
  return (
    <Stack gap={4}>
      <Group gap="sm" align="start">
        <TextInput
          label={texts.sources.nativeSecret}
          value={input.name}
          onChange={(event) => onChange({ ...input, name: event.currentTarget.value.trim() })}
          onBlur={() => setAsked(input.name)}
          error={error !== undefined && !isName}
          flex="1 1 10rem"
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'mono' }}
        />
        {isTyped ? (
          <TextInput
            onFocus={() => setIsInText(true)}
            onBlur={() => setIsInText(false)}
            label={texts.sources.keyIn}
            value={input.key}
            onChange={(event) => onChange({ ...input, key: event.currentTarget.value.trim() })}
            error={error !== undefined && isName}
            flex="1 1 8rem"
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'mono' }}
          />
        ) : (
          <NativeSelect
            autoFocus={isInText}
            onFocus={() => setIsInText(false)}
            label={texts.sources.keyIn}
            data={[
              { value: '', label: texts.sources.choose },
              ...(isTls || input.isPair ? [{ value: pairValue, label: texts.sources.wholePair }] : []),
              ...[...new Set([...options, ...(input.key === '' ? [] : [input.key])])],
            ]}
            value={input.isPair ? pairValue : input.key}
            onChange={({ currentTarget: { value } }) =>
              onChange({ ...input, isPair: value === pairValue, key: value === pairValue ? '' : value })
            }
            error={error !== undefined && isName}
            flex="1 1 8rem"
          />
        )}
      </Group>
      {error !== undefined && <Input.Error>{error}</Input.Error>}
      <Text size="xs" c="dimmed" role="status" className="wrap">
        {said ?? texts.sources.secretHelp}
      </Text>
    </Stack>
  );
}

function saidOf(found: Awaited<ReturnType<typeof keysOfSecret>>, name: string): string | undefined {
  if (found === 'notFound') return texts.sources.noNative(name);
  if (found === 'forbidden') return texts.sources.mayNotRead(name);
  const { owner } = found;
  // Its own is refused by the operator as well.
  return owner === undefined ? undefined : texts.sources.isHeld(name, owner);
}
