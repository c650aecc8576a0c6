/** How the operator makes a value, how often, and the job that has to succeed before a new one is in force. */
import { Group, Input, NativeSelect, NumberInput, Text, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import type { UserSecretGenerateType } from '../../../api/index.ts';
import { neuroJobs } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { compareText } from '../language/local.ts';
import { texts } from '../texts.ts';
import type { SecretInput } from './secret-input.ts';

type GenerateInput = SecretInput & { readonly kind: 'generate' };

interface GenerateFieldsProps {
  readonly input: GenerateInput;
  readonly onChange: (input: SecretInput) => void;
  readonly error: string | undefined;
  /** Empty for somebody else's: its jobs cannot be seen. */
  readonly namespace: string;
}

const generateTypes: readonly UserSecretGenerateType[] = ['Password', 'Hex', 'Base64', 'UUID', 'Ed25519'];
const defaultLength = 32;

export function GenerateFields({ input, onChange, error, namespace }: GenerateFieldsProps): ReactElement {
  const { type, length, rotateEvery, rotateHook } = input.generate;
  const hasLength = type !== 'UUID' && type !== 'Ed25519';
  const change = (part: Partial<GenerateInput['generate']>): void => {
    const { length: wanted, alphabet, rotateEvery: every, rotateHook: hook, ...rest } = { ...input.generate, ...part };
    const takesLength = rest.type !== 'UUID' && rest.type !== 'Ed25519';
    onChange({
      kind: 'generate',
      generate: {
        ...rest,
        ...(takesLength ? { length: wanted ?? defaultLength } : {}),
        ...(alphabet === undefined || rest.type !== 'Password' ? {} : { alphabet }),
        ...(every === undefined || every === '' ? {} : { rotateEvery: every }),
        ...(hook === undefined || hook === '' ? {} : { rotateHook: hook }),
      },
    });
  };
  return (
    <>
      <Group align="end" gap="sm">
        <NativeSelect
          label={texts.value.type}
          data={[...generateTypes]}
          value={type}
          onChange={({ currentTarget: { value } }) =>
            change({ type: generateTypes.find((known) => known === value) ?? type })
          }
          w={140}
        />
        {hasLength && (
          <NumberInput
            label={type === 'Password' ? texts.value.characters : texts.value.bytes}
            min={8}
            max={1024}
            value={length ?? defaultLength}
            onChange={(next) => change({ length: Number(next) })}
            w={110}
          />
        )}
        <TextInput
          label={texts.value.rotateEvery}
          placeholder={texts.value.never}
          value={rotateEvery ?? ''}
          onChange={(event) => change({ rotateEvery: event.currentTarget.value.trim() })}
          w={140}
        />
        {namespace !== '' && (
          <HookSelect namespace={namespace} hook={rotateHook ?? ''} onChange={(hook) => change({ rotateHook: hook })} />
        )}
      </Group>
      {error !== undefined && <Input.Error>{error}</Input.Error>}
      <Text size="xs" c="dimmed" mt={4}>
        {rotateHook === undefined ? texts.value.generateHelp : texts.sources.hookHelp}
      </Text>
    </>
  );
}

interface HookSelectProps {
  readonly namespace: string;
  readonly hook: string;
  readonly onChange: (hook: string) => void;
}

/** Suspended jobs of the namespace, and the one that is set, which may have gone. */
function HookSelect({ namespace, hook, onChange }: HookSelectProps): ReactElement {
  const { objects } = useLive(neuroJobs, { namespace });
  const suspended = [...objects.values()]
    .filter(({ spec }) => spec.suspend === true)
    .map(({ metadata }) => metadata.name);
  const names = [...new Set([...suspended, ...(hook === '' ? [] : [hook])])].sort(compareText);
  return (
    <NativeSelect
      label={texts.sources.hook}
      data={[
        { value: '', label: suspended.length === 0 ? texts.sources.noHooks : texts.sources.noHook },
        ...names.map((name) => ({
          value: name,
          label: suspended.includes(name) ? name : texts.sources.hookGone(name),
        })),
      ]}
      value={hook}
      disabled={names.length === 0}
      onChange={({ currentTarget: { value } }) => onChange(value)}
      maw="100%"
    />
  );
}
