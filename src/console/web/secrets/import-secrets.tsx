/**
 * Many secrets at once, from the lines of a `.env` file: pasted, typed, or dropped as a file. What would be saved is shown first, and what is saved is
 * sealed here like any other value.
 */
import { Button, Checkbox, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState, type DragEvent, type ReactElement, type SubmitEvent } from 'react';
import { previewImport, savedRows } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { size } from '../parts/bytes.ts';
import { Dialog } from '../parts/dialog.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { tellDone } from '../parts/toast.ts';
import { useIsHere } from '../parts/use-is-here.ts';
import { useLeaving } from '../parts/use-leaving.ts';
import { texts } from '../texts.ts';
import { ImportRows } from './import-rows.tsx';
import { saveImport, tellEnd, type ImportResult } from './import-save.ts';
import { SealingNote } from './sealing-note.tsx';
import { importBytes, importProblem, mostImportBytes, noText, type ImportText } from './import-text.ts';

interface ImportSecretsProps {
  readonly namespace: string;
  /** Names of the objects that have a key. */
  readonly names: ReadonlyMap<string, string>;
  /** Pasted elsewhere. */
  readonly initial?: string;
  /** The values are in a native Secret. */
  readonly onAdopt: () => void;
  /** With the names of the objects that were saved. */
  readonly onClose: (saved: readonly string[]) => void;
}

const noResults: ReadonlyMap<number, ImportResult> = new Map();

export function ImportSecrets({ namespace, names, initial = '', onAdopt, onClose }: ImportSecretsProps): ReactElement {
  const cluster = useCluster();
  const t = texts.secrets.import;
  const [text, setText] = useState<ImportText>({ kind: 'text', text: initial });
  const [replace, setReplace] = useState(false);
  const [results, setResults] = useState(noResults);
  const taken = useMemo(() => new Set(names.keys()), [names]);
  const bytes = useMemo(() => importBytes(text), [text]);
  const preview = useMemo(
    () => (bytes.length > mostImportBytes ? { rows: [] } : previewImport(bytes, taken, t.words)),
    [bytes, taken, t.words],
  );
  const problem = importProblem(text, preview);
  const isSaved = (line: number): boolean => results.has(line) && !('problem' in (results.get(line) ?? {}));
  const rows = savedRows(preview, { replace }).filter(({ line }) => !isSaved(line));
  const clashes = preview.rows.filter(
    ({ exists, problem: why, line }) => exists && why === undefined && !isSaved(line),
  ).length;
  const saved = [...results.values()].flatMap((result) => ('problem' in result ? [] : [result.name]));
  const isHere = useIsHere();
  const leaving = useLeaving();
  const save = useMutation({
    mutationFn: async () => {
      let all = results;
      const onResult = (line: number, result: ImportResult): void => setResults((all = new Map(all).set(line, result)));
      await saveImport(cluster, { namespace, rows, names, onResult, signal: leaving() });
      return [...all.values()];
    },
    onSuccess: (all) => {
      // It was closed meanwhile: no row can say it.
      if (!isHere.current) {
        tellEnd(all, saved.length + rows.length);
        return;
      }
      if (all.some((result) => 'problem' in result)) return;
      tellDone(() => texts.secrets.import.done(all.length));
      onClose(all.flatMap((result) => ('problem' in result ? [] : [result.name])));
    },
  });
  const change = (next: ImportText): void => {
    setText(next);
    setResults(noResults);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (rows.length > 0 && problem === undefined && !save.isPending) save.mutate();
  };
  return (
    <Dialog
      title={t.title}
      size={900}
      onClose={() => onClose(saved)}
      isChanged={rows.length > 0 || save.isPending}
      onSubmit={submit}
      footer={
        <Group justify="space-between">
          {save.isPending ? (
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
            <Button type="submit" disabled={rows.length === 0 || problem !== undefined} loading={save.isPending}>
              {t.save(rows.length)}
            </Button>
          </Group>
        </Group>
      }
    >
      <Stack gap="sm">
        <TextOrFile text={text} onChange={change} isDisabled={save.isPending} problem={problem} />
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
          spellCheck={false}
          autoComplete="off"
          autoCorrect="off"
          autoCapitalize="off"
          data-1p-ignore
          data-lpignore="true"
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
