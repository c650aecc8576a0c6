/** A certificate and its private key, as text or as files; and the certificates of the authority. The key is masked. */
import { Button, FileButton, Group, Input, Stack, Text, Textarea } from '@mantine/core';
import { useId, useMemo, useState, type ReactElement } from 'react';
import { MAX_PAIR_BYTES, TLS_PARTS, type TlsPart } from '../../../api/index.ts';
import { certificateFacts } from '../../../client/index.ts';
import { size } from '../parts/bytes.ts';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import { CertificateNames } from './certificate-names.tsx';
import { privateInput } from './private-input.ts';
import type { SecretInput } from './secret-input.ts';

type PairInput = SecretInput & { readonly kind: 'pair' };

interface PairFieldsProps {
  readonly input: PairInput;
  readonly onChange: (input: SecretInput) => void;
  readonly error: string | undefined;
  readonly description?: string;
}

export function PairFields({ input, onChange, error, description }: PairFieldsProps): ReactElement {
  const { parts } = input;
  const id = useId();
  const [tooLarge, setTooLarge] = useState<string>();
  const facts = useMemo(() => certificateFacts(parts['tls.crt'] ?? ''), [parts]);
  const set = (part: TlsPart, text: string): void => {
    setTooLarge(undefined);
    onChange({ kind: 'pair', parts: { ...parts, [part]: text } });
  };
  const take = async (part: TlsPart, file: File | null): Promise<void> => {
    if (file === null) return;
    if (file.size > MAX_PAIR_BYTES) {
      setTooLarge(texts.value.notTaken(file.name, size(file.size)));
      return;
    }
    set(part, await file.text());
  };
  return (
    <Stack gap="xs">
      {TLS_PARTS.map((part) => (
        <div key={part} onDrop={(event) => void take(part, event.dataTransfer.files[0] ?? null)}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Input.Label htmlFor={`${id}-${part}`}>{texts.sources.pairParts[part]}</Input.Label>
            <FileButton onChange={(file) => void take(part, file)}>
              {(file) => (
                <Button
                  {...file}
                  size="compact-xs"
                  flex="none"
                  variant="subtle"
                  leftSection={<Icon name="file" size={14} />}
                  aria-label={texts.sources.fileOf(texts.sources.pairParts[part])}
                >
                  {texts.sources.file}
                </Button>
              )}
            </FileButton>
          </Group>
          <Textarea
            id={`${id}-${part}`}
            value={parts[part] ?? ''}
            onChange={(event) => set(part, event.currentTarget.value)}
            error={error !== undefined && part !== 'ca.crt'}
            autosize
            minRows={1}
            maxRows={4}
            {...privateInput}
            classNames={{ input: part === 'tls.key' && (parts[part] ?? '') !== '' ? 'mono masked' : 'mono' }}
          />
        </div>
      ))}
      {facts !== undefined && <CertificateNames facts={facts} />}
      {(tooLarge ?? error) !== undefined && <Input.Error>{tooLarge ?? error}</Input.Error>}
      <Text size="xs" c="dimmed">
        {description === undefined ? texts.sources.pairHelp : `${description} ${texts.sources.pairHelp}`}
      </Text>
    </Stack>
  );
}
