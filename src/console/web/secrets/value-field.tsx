/**
 * The value of a secret: typed (masked, many lines), from a file (chosen or dropped, byte for byte), or from a source that the select
 * names, whose fields are loaded when it is chosen. It lives in the memory of this component's owner only.
 */
import { Button, FileButton, Group, Input, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { lazy, Suspense, useId, useRef, useState, type DragEvent, type ReactElement } from 'react';
import { MAX_VALUE_BYTES } from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { size } from '../parts/bytes.ts';
import { texts } from '../texts.ts';
import { privateInput } from './private-input.ts';
import {
  describeInput,
  emptyInput,
  inputOfSource,
  inputProblem,
  sourceKinds,
  sourceOfInput,
  type InputSource,
  type SecretInput,
  type ValuePlace,
} from './secret-input.ts';
import styles from './secrets.module.css';

const SourceFields = lazy(async () => ({ default: (await import('./source-fields.tsx')).SourceFields }));

interface ValueFieldProps {
  readonly input: SecretInput;
  readonly onChange: (input: SecretInput) => void;
  readonly error?: string | undefined;
  readonly label?: string;
  readonly description?: string;
  readonly onSubmit: () => void;
  /** Where the focus goes when the dialog opens. */
  readonly isFirst?: boolean;
  /** Undefined for somebody else's secret, whose namespace one may not see: no source that names something there is offered then. */
  readonly place?: ValuePlace;
  /** Those that are offered; all, where nothing is said. */
  readonly sources?: readonly InputSource[];
  /** What the field of its source begins with. */
  readonly initial?: SecretInput;
}

const given: readonly InputSource[] = ['give', 'pair'];

export function ValueField(props: ValueFieldProps): ReactElement {
  const { input, onChange, error, label = texts.value.label, description, onSubmit, isFirst = false, place } = props;
  const { sources = sourceKinds, initial = emptyInput } = props;
  const source = sourceOfInput(input);
  const optionOf = (value: InputSource) => ({ value, label: texts.sources.kinds[value] });
  const elsewhere = sources.filter((one) => !given.includes(one));
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const [isShown, setIsShown] = useState(false);
  /** Fields of browsers have one kind of line break. */
  const [lostBreaks, setLostBreaks] = useState(false);
  /** What was entered for other sources, for who comes back to one. */
  const left = useRef(new Map<InputSource, SecretInput>());
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    const former = input.kind === 'refused' ? input.former : input;
    if (file.size > MAX_VALUE_BYTES) onChange({ kind: 'refused', fileName: file.name, size: file.size, former });
    else onChange({ kind: 'file', fileName: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  };
  const drop = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    // Else the browser opens the file in the place of the page.
    event.preventDefault();
    setIsOver(false);
    if (source === 'give') void take(event.dataTransfer.files[0] ?? null);
  };
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setIsOver(source === 'give');
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
        {sources.length > 1 && (
          <NativeSelect
            size="xs"
            data-autofocus={(isFirst && input.kind !== 'text') || undefined}
            aria-label={texts.value.how}
            value={source}
            onChange={({ currentTarget: { value } }) => {
              const next = sources.find((one) => one === value) ?? 'give';
              left.current.set(source, input);
              onChange(left.current.get(next) ?? (next === sourceOfInput(initial) ? initial : inputOfSource(next)));
            }}
            data={[
              ...sources.filter((one) => given.includes(one)).map(optionOf),
              ...(elsewhere.length < 2
                ? elsewhere.map(optionOf)
                : [{ group: texts.sources.fromCluster, items: elsewhere.map(optionOf) }]),
            ]}
          />
        )}
        {source === 'give' && (
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
          onChange={(event) => {
            if (event.currentTarget.value === '') setLostBreaks(false);
            onChange({ kind: 'text', text: event.currentTarget.value });
          }}
          onPaste={(event) => {
            if (event.clipboardData.getData('text').includes('\r')) setLostBreaks(true);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) onSubmit();
          }}
          autosize
          minRows={1}
          maxRows={8}
          error={error}
          {...privateInput}
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
      {source !== 'give' && (
        <Suspense>
          <SourceFields input={input} onChange={onChange} error={error} {...defined({ description, place })} />
        </Suspense>
      )}
      <Hints input={input} onChange={onChange} />
      {lostBreaks && input.kind === 'text' && (
        <Text size="xs" c="dimmed" role="status">
          {texts.value.lostBreaks}
        </Text>
      )}
    </Stack>
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
