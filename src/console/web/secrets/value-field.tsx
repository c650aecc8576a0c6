/**
 * The value of a secret: typed (masked, many lines), from a file (chosen or dropped, byte for byte), or made by the operator.
 * It lives in the memory of this component's owner only.
 */
import {
  Button,
  FileButton,
  Group,
  Input,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useId, useState, type DragEvent, type ReactElement } from 'react';
import { MAX_VALUE_BYTES, type UserSecretGenerateType } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { size } from '../parts/bytes.ts';
import { texts } from '../texts.ts';
import { describeInput, emptyInput, inputProblem, type SecretInput } from './secret-input.ts';
import styles from './secrets.module.css';

interface ValueFieldProps {
  readonly input: SecretInput;
  readonly onChange: (input: SecretInput) => void;
  readonly error?: string | undefined;
  readonly label?: string;
  readonly description?: string;
  readonly onSubmit: () => void;
  /** Where the focus goes when the dialog opens. */
  readonly isFirst?: boolean;
}

const generateTypes: readonly UserSecretGenerateType[] = ['Password', 'Hex', 'Base64', 'UUID', 'Ed25519'];
const defaultLength = 32;

export function ValueField(props: ValueFieldProps): ReactElement {
  const { input, onChange, error, label = texts.value.label, description, onSubmit, isFirst = false } = props;
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const [isShown, setIsShown] = useState(false);
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    const former = input.kind === 'refused' ? input.former : input;
    if (file.size > MAX_VALUE_BYTES) onChange({ kind: 'refused', fileName: file.name, size: file.size, former });
    else onChange({ kind: 'file', fileName: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    void take(event.dataTransfer.files[0] ?? null);
  };
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setIsOver(true);
  };
  return (
    <Stack
      gap={0}
      onDragOver={over}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      bd={isOver ? '2px dashed var(--mantine-primary-color-filled)' : undefined}
      data-drop={isOver || undefined}
    >
      <Group gap="xs" className={styles['labelLine'] ?? ''}>
        <Input.Label htmlFor={id} labelElement={input.kind === 'text' ? 'label' : 'div'} flex={1}>
          {label}
        </Input.Label>
        <SegmentedControl
          size="xs"
          aria-label={texts.value.how}
          value={input.kind === 'generate' ? 'generate' : 'give'}
          onChange={(how) =>
            onChange(
              how === 'generate'
                ? { kind: 'generate', generate: { type: 'Password', length: defaultLength } }
                : emptyInput,
            )
          }
          data={[
            { value: 'give', label: texts.value.give },
            { value: 'generate', label: texts.value.generate },
          ]}
        />
        {input.kind !== 'generate' && (
          <FileButton onChange={(file) => void take(file)}>
            {(file) => (
              <Button {...file} size="compact-sm" variant="subtle" leftSection={<Icon name="file" size={15} />}>
                {texts.value.upload}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      {input.kind === 'text' && (
        <Textarea
          id={id}
          {...defined({ description })}
          inputWrapperOrder={['input', 'description', 'error']}
          value={input.text}
          onChange={(event) => onChange({ kind: 'text', text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) onSubmit();
          }}
          autosize
          minRows={1}
          maxRows={8}
          error={error}
          spellCheck={false}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="off"
          data-1p-ignore
          data-lpignore="true"
          {...(isFirst ? { 'data-autofocus': true } : {})}
          classNames={{ input: isShown ? 'mono' : 'mono masked' }}
          rightSection={
            <IconButton
              icon={isShown ? 'eyeOff' : 'eye'}
              label={isShown ? texts.value.hide : texts.value.show}
              aria-pressed={isShown}
              onClick={() => setIsShown(!isShown)}
            />
          }
        />
      )}
      {input.kind === 'file' && (
        <Input.Wrapper error={error}>
          <Group gap="xs">
            <Icon name="file" />
            <Text size="sm" className="wrap">
              {texts.value.file(input.fileName, size(input.bytes.length))}
            </Text>
            <Button size="compact-xs" variant="subtle" onClick={() => onChange(emptyInput)}>
              {texts.value.takeOff}
            </Button>
          </Group>
        </Input.Wrapper>
      )}
      {input.kind === 'refused' && (
        <Input.Wrapper error={inputProblem(input)}>
          <Group gap="xs">
            <Icon name="warn" />
            <Text size="sm" className="wrap">
              {texts.value.notTaken(input.fileName, size(input.size))}
            </Text>
            <Button size="compact-xs" variant="default" onClick={() => onChange(input.former)}>
              {input.former === emptyInput ? texts.value.takeOff : texts.value.keepFormer}
            </Button>
          </Group>
        </Input.Wrapper>
      )}
      {input.kind === 'generate' && <GenerateFields input={input} onChange={onChange} error={error} />}
      <Hints input={input} onChange={onChange} />
    </Stack>
  );
}

type GenerateInput = SecretInput & { readonly kind: 'generate' };

function GenerateFields({
  input,
  onChange,
  error,
}: {
  readonly input: GenerateInput;
  readonly onChange: (input: SecretInput) => void;
  readonly error: string | undefined;
}): ReactElement {
  const { type, length, rotateEvery } = input.generate;
  const hasLength = type !== 'UUID' && type !== 'Ed25519';
  const change = (part: Partial<GenerateInput['generate']>): void => {
    const next = { ...input.generate, ...part };
    const { length: wanted, rotateEvery: every, ...rest } = next;
    const takesLength = next.type !== 'UUID' && next.type !== 'Ed25519';
    onChange({
      kind: 'generate',
      generate: {
        ...rest,
        ...(takesLength ? { length: wanted ?? defaultLength } : {}),
        ...(every === undefined || every === '' ? {} : { rotateEvery: every }),
      },
    });
  };
  return (
    <>
      <Group align="end" gap="sm">
        <Select
          label={texts.value.type}
          data={[...generateTypes]}
          value={type}
          allowDeselect={false}
          onChange={(next) => change({ type: generateTypes.find((known) => known === next) ?? type })}
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
      </Group>
      {error !== undefined && <Input.Error>{error}</Input.Error>}
      <Text size="xs" c="dimmed">
        {texts.value.generateHelp}
      </Text>
    </>
  );
}

function Hints({ input, onChange }: Pick<ValueFieldProps, 'input' | 'onChange'>): ReactElement | null {
  const hints = input.kind === 'file' ? [] : describeInput(input);
  if (hints.length === 0) return null;
  return (
    <Group gap="xs" mt={6}>
      <Text size="xs" c="dimmed" role="status">
        {hints.join(' · ')}
      </Text>
      {input.kind === 'text' && input.text.endsWith('\n') && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => onChange({ kind: 'text', text: input.text.replace(/\r?\n$/, '') })}
        >
          {texts.value.takeBreakOff}
        </Button>
      )}
    </Group>
  );
}
