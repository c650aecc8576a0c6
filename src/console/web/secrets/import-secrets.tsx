/**
 * Many secrets at once, from the lines of a `.env` file: pasted, typed, or dropped as a file. What would be saved is shown first, and what is saved is
 * sealed here like any other value.
 */
import { Button, Checkbox, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMemo, useState, type DragEvent, type ReactElement, type SubmitEvent } from 'react';
import { previewImport, savedRows, type ImportRow } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import { size } from '../parts/bytes.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import { ImportRows } from './import-rows.tsx';
import { saveImport } from './import-save.ts';
import { importBytes, importProblem, mostImportBytes, noText, type ImportText } from './import-text.ts';
import { privateInput } from './private-input.ts';
import { SealingNote } from './sealing-note.tsx';
import { useRowSaving } from './use-row-saving.ts';
import { whyNotSaved } from './why-not-saved.ts';

interface ImportSecretsProps {
  readonly namespace: string;
  /** Names of the objects that have a key. */
  readonly names: ReadonlyMap<string, string>;
  /** Why the user may not make secrets; see `useMayNotCreate`. */
  readonly mayNotCreate: string | undefined;
  /** Pasted elsewhere. */
  readonly initial?: string;
  /** The values are in a native Secret. */
  readonly onAdopt: () => void;
  /** With the names of the objects that were saved. */
  readonly onClose: (saved: readonly string[]) => void;
}

export function ImportSecrets(props: ImportSecretsProps): ReactElement {
  const { namespace, names, mayNotCreate, initial = '', onAdopt, onClose } = props;
  const cluster = useCluster();
  const t = texts.secrets.import;
  const [text, setText] = useState<ImportText>({ kind: 'text', text: initial });
  const [replace, setReplace] = useState(false);
  const taken = useMemo(() => new Set(names.keys()), [names]);
  const bytes = useMemo(() => importBytes(text), [text]);
  const preview = useMemo(
    () => (bytes.length > mostImportBytes ? { rows: [] } : previewImport(bytes, taken, t.words)),
    [bytes, taken, t.words],
  );
  const problem = importProblem(text, preview);
  const { results, saved, isPending, isSaved, save, forget } = useRowSaving<ImportRow>({
    save: (wanted, onResult, signal) => saveImport(cluster, { namespace, rows: wanted, names, onResult, signal }),
    done: (count) => texts.secrets.import.done(count),
    onClose,
  });
  const rows = savedRows(preview, { replace }).filter(({ line }) => !isSaved(line));
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'usersecrets', namespace });
  const whyNot = whyNotSaved(
    rows.map(({ name }) => names.get(name)),
    mayNotCreate,
    mayNotChange,
  );
  const clashes = preview.rows.filter(
    ({ exists, problem: why, line }) => exists && why === undefined && !isSaved(line),
  ).length;
  const change = (next: ImportText): void => {
    setText(next);
    forget();
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (rows.length > 0 && problem === undefined && whyNot === undefined && !isPending) save(rows);
  };
  return (
    <Dialog
      title={t.title}
      size={900}
      onClose={() => onClose(saved)}
      isChanged={rows.length > 0 || isPending}
      onSubmit={submit}
      footer={
        <Group justify="space-between">
          {isPending ? (
            <Text size="xs" c="dimmed" role="status">
              {t.saving(saved.length, saved.length + rows.length)}
            </Text>
          ) : (
            <SealingNote />
          )}
          <Group gap="xs">
            <Button variant="default" onClick={() => onClose(saved)}>
              {saved.length === 0 ? texts.actions.cancel : texts.actions.close}
            </Button>
            <CreateButton
              type="submit"
              whyNot={whyNot}
              disabled={rows.length === 0 || problem !== undefined}
              loading={isPending}
            >
              {t.save(rows.length)}
            </CreateButton>
          </Group>
        </Group>
      }
    >
      <Stack gap="sm">
        <TextOrFile text={text} onChange={change} isDisabled={isPending} problem={problem} />
        {bytes.length === 0 && (
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              {texts.adopt.instead}
            </Text>
            <Button size="compact-sm" variant="subtle" onClick={onAdopt}>
              {texts.adopt.title}
            </Button>
          </Group>
        )}
        {clashes > 0 && (
          <Checkbox
            label={t.replace(clashes)}
            checked={replace}
            onChange={(event) => setReplace(event.currentTarget.checked)}
          />
        )}
        {preview.rows.length > 0 && problem === undefined && (
          <ImportRows rows={preview.rows} replace={replace} results={results} />
        )}
      </Stack>
    </Dialog>
  );
}

interface TextOrFileProps {
  readonly text: ImportText;
  readonly onChange: (text: ImportText) => void;
  readonly isDisabled: boolean;
  readonly problem: string | undefined;
}

function TextOrFile({ text, onChange, isDisabled, problem }: TextOrFileProps): ReactElement {
  const t = texts.secrets.import;
  const [isShown, setIsShown] = useState(false);
  const [isOver, setIsOver] = useState(false);
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    const former = text.kind === 'tooLarge' ? text.former : text;
    if (file.size > mostImportBytes) onChange({ kind: 'tooLarge', fileName: file.name, size: file.size, former });
    else onChange({ kind: 'file', fileName: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    void take(event.dataTransfer.files[0] ?? null);
  };
  return (
    <Stack
      gap={6}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      bd={isOver ? '2px dashed var(--mantine-primary-color-filled)' : undefined}
      data-drop={isOver || undefined}
    >
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t.help}
        </Text>
        <FileButton onChange={(file) => void take(file)}>
          {(file) => (
            <Button {...file} size="compact-sm" variant="subtle" leftSection={<Icon name="file" size={15} />}>
              {texts.value.upload}
            </Button>
          )}
        </FileButton>
      </Group>
      {text.kind === 'text' ? (
        <Textarea
          label={t.lines}
          value={text.text}
          onChange={(event) => onChange({ kind: 'text', text: event.currentTarget.value })}
          placeholder={t.example}
          autosize
          minRows={4}
          maxRows={10}
          error={problem}
          disabled={isDisabled}
          {...privateInput}
          data-autofocus
          classNames={{ input: isShown || text.text === '' ? 'mono' : 'mono masked' }}
          rightSection={
            <IconButton
              icon={isShown ? 'eyeOff' : 'eye'}
              label={isShown ? texts.value.hide : texts.value.show}
              aria-pressed={isShown}
              onClick={() => setIsShown(!isShown)}
            />
          }
        />
      ) : (
        <Group gap="xs">
          <Icon name={text.kind === 'file' ? 'file' : 'warn'} />
          <Text size="sm" className="wrap">
            {text.kind === 'file'
              ? `${text.fileName}, ${size(text.bytes.length)}`
              : texts.value.notTaken(text.fileName, size(text.size))}
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            disabled={isDisabled}
            onClick={() => onChange(text.kind === 'tooLarge' ? text.former : noText)}
          >
            {text.kind === 'tooLarge' && text.former !== noText ? texts.value.keepFormer : texts.value.takeOff}
          </Button>
          {problem !== undefined && (
            <Text size="sm" c="red" role="alert">
              {problem}
            </Text>
          )}
        </Group>
      )}
    </Stack>
  );
}
