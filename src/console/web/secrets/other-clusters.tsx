/**
 * Other clusters that a value is sealed for as well, as `--for` of the command: by the documents of their public keys, pasted or as files. A public
 * key is no secret; the value goes nowhere but into this object.
 */
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import type { PublishedKey } from '../../../sealing/browser.ts';
import { Icon } from '../parts/icons.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { texts } from '../texts.ts';
import { chosenKey } from './seal-value.ts';

export interface Recipient {
  readonly name: string;
  readonly key: PublishedKey;
}

interface OtherClustersProps {
  readonly recipients: readonly Recipient[];
  readonly onChange: (recipients: readonly Recipient[]) => void;
}

/** A document of keys has a few KiB. */
const mostBytes = 2 * 1024 * 1024;

export function OtherClusters({ recipients, onChange }: OtherClustersProps): ReactElement {
  const t = texts.sealing;
  const [pasted, setPasted] = useState('');
  const [problem, setProblem] = useState<string>();
  const take = async (documents: readonly { readonly name: string; readonly text: string }[]): Promise<boolean> => {
    const found = [...recipients];
    for (const { name, text } of documents) {
      try {
        const key = await chosenKey(documentIn(text));
        if (!found.some((one) => one.key.keyId === key.keyId)) found.push({ name, key });
      } catch (error) {
        setProblem(t.noDocument(name, error instanceof Error ? error.message : ''));
        return false;
      }
    }
    setProblem(undefined);
    onChange(found);
    return true;
  };
  const takeFiles = async (files: readonly File[]): Promise<void> => {
    const large = files.find(({ size }) => size > mostBytes);
    if (large !== undefined) setProblem(t.noDocument(large.name, ''));
    else await take(await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() }))));
  };
  const takePasted = async (): Promise<void> => {
    if (await take([{ name: t.pasted, text: pasted }])) setPasted('');
  };
  return (
    <Stack
      gap="xs"
      component="section"
      aria-label={t.others}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault();
      }}
      onDrop={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        void takeFiles([...event.dataTransfer.files]);
      }}
    >
      {recipients.map(({ name, key }) => (
        <Group key={key.keyId} gap="xs" wrap="nowrap">
          <Text size="sm" className="wrap">
            {name} <span className="mono">{key.keyId}</span>
          </Text>
          <IconButton
            icon="close"
            label={t.leaveOut(name, key.keyId)}
            onClick={() => onChange(recipients.filter((one) => one.key !== key))}
          />
        </Group>
      ))}
      <Textarea
        label={t.document}
        description={t.documentHelp}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        value={pasted}
        onChange={(event) => {
          setPasted(event.currentTarget.value);
          setProblem(undefined);
        }}
        error={problem}
        minRows={1}
        maxRows={4}
        autosize
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: 'mono' }}
      />
      <Group gap="xs">
        <Button size="xs" variant="default" disabled={pasted.trim() === ''} onClick={() => void takePasted()}>
          {t.addPasted}
        </Button>
        <FileButton multiple onChange={(files) => void takeFiles(files)}>
          {(file) => (
            <Button {...file} size="xs" variant="subtle" leftSection={<Icon name="file" size={15} />}>
              {t.addFiles}
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}

/** The document itself, or the ConfigMap that has it, as `kubectl get -o json` prints it. */
function documentIn(text: string): string {
  try {
    const { data } = JSON.parse(text) as { readonly data?: Readonly<Record<string, unknown>> };
    const document = data?.['keys.json'];
    return typeof document === 'string' ? document : text;
  } catch {
    return text;
  }
}
