/** Which secrets the job gets, and as what: the blocks that ADD NEW SECRET makes. */
import { Button, Collapse, Group, Input, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { formatSecretUri } from '../../../api/index.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import styles from './dashboard.module.css';
import type { RunFieldsProps } from './job-fields.tsx';
import { NewSecret } from './new-secret.tsx';
import { foreignChoice, nextId, suggestedTarget, type Attachment, type SecretChoice } from '../../../client/index.ts';

interface AttachmentFieldsProps extends RunFieldsProps {
  readonly choices: ReadonlyMap<string, SecretChoice>;
  readonly namespace: string;
}

export function AttachmentFields(props: AttachmentFieldsProps): ReactElement {
  const { draft, onChange, errorOf } = props;
  const { attachments } = draft;
  const set = (next: Attachment): void =>
    onChange({ attachments: attachments.map((one) => (one.id === next.id ? next : one)) });
  return (
    <Stack gap="sm" component="section" aria-label={texts.run.secrets}>
      {attachments.length > 0 && (
        <Text size="sm" fw={600}>
          {texts.run.chooseSecret}
        </Text>
      )}
      {attachments.map((attachment, index) => (
        <AttachmentBlock
          key={attachment.id}
          {...props}
          attachment={attachment}
          number={index + 1}
          onSet={set}
          onRemove={() => onChange({ attachments: attachments.filter(({ id }) => id !== attachment.id) })}
        />
      ))}
      {errorOf('attachments') !== undefined && <Input.Error>{errorOf('attachments')}</Input.Error>}
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Icon name="add" size={16} />}
          onClick={() =>
            onChange({
              attachments: [...attachments, { id: nextId(draft), kind: 'env', secret: '', target: '' }],
            })
          }
        >
          {texts.run.addSecret}
        </Button>
      </div>
    </Stack>
  );
}

interface AttachmentBlockProps extends AttachmentFieldsProps {
  readonly attachment: Attachment;
  readonly number: number;
  readonly onSet: (attachment: Attachment) => void;
  readonly onRemove: () => void;
}

function AttachmentBlock(props: AttachmentBlockProps): ReactElement {
  const { attachment, number, choices, namespace, errorOf, onSet, onRemove } = props;
  const { id, kind, secret, target } = attachment;
  const mayNotCreate = useMayNotCreate('usersecrets', namespace);
  const [isCreating, setIsCreating] = useState(false);
  const [typed, setTyped] = useState('');
  const field = `attachment.${String(id)}`;
  const keyOf = (uri: string): string => (choices.get(uri) ?? foreignChoice(uri))?.key ?? '';
  /** What was suggested may be replaced by another suggestion; what was typed stays. */
  const retarget = (nextKind: Attachment['kind'], uri: string): string =>
    target === '' || target === suggestedTarget(kind, keyOf(secret))
      ? uri === ''
        ? ''
        : suggestedTarget(nextKind, keyOf(uri))
      : nextKind === kind
        ? target
        : uri === ''
          ? ''
          : suggestedTarget(nextKind, keyOf(uri));
  const mine = [...choices.values()].filter(({ isMine }) => isMine);
  const shared = [...choices.values()].filter(({ isMine }) => !isMine);
  // Who may use all secrets of somebody finds none of them in a list.
  const other = foreignChoice(typed);
  const isOther = other !== undefined && other.namespace !== namespace && !choices.has(other.uri);
  return (
    <div className={styles['block']} role="group" aria-label={texts.run.secretNumber(number)}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Radio.Group
            aria-label={texts.run.kind}
            value={kind}
            onChange={(value) => {
              const next = value === 'file' ? 'file' : 'env';
              onSet({ ...attachment, kind: next, target: retarget(next, secret) });
            }}
          >
            <Group gap="md">
              <Radio value="env" label={texts.run.env} />
              <Radio value="file" label={texts.run.file} />
            </Group>
          </Radio.Group>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onRemove}>
            {texts.run.remove}
          </Button>
        </Group>
        <Group align="start" grow>
          <Select
            label={texts.run.secret}
            withAsterisk
            searchable
            data={[
              { group: texts.secrets.mine, items: mine.map(({ uri, key }) => ({ value: uri, label: key })) },
              {
                group: texts.secrets.sharedWithMe,
                items: [
                  ...shared.map(({ uri }) => ({ value: uri, label: uri })),
                  ...(isOther ? [{ value: other.uri, label: texts.run.useTyped(other.uri) }] : []),
                ],
              },
            ]}
            onSearchChange={setTyped}
            limit={100}
            value={secret === '' ? null : secret}
            onChange={(value) => {
              const uri = value ?? '';
              onSet({ ...attachment, secret: uri, target: retarget(kind, uri) });
            }}
            error={errorOf(`${field}.secret`)}
            nothingFoundMessage={texts.run.noneFound}
          />
          <TextInput
            label={kind === 'env' ? texts.run.variable : texts.run.path}
            withAsterisk
            value={target}
            onChange={(event) => onSet({ ...attachment, target: event.currentTarget.value })}
            error={errorOf(`${field}.target`)}
            placeholder={kind === 'env' ? 'DB_PASSWORD' : '/var/secrets/db-password'}
            classNames={{ input: 'mono' }}
            autoComplete="off"
            spellCheck={false}
          />
        </Group>
        <div>
          <CreateButton
            whyNot={mayNotCreate}
            variant="subtle"
            size="compact-xs"
            aria-expanded={isCreating}
            onClick={() => setIsCreating(!isCreating)}
          >
            {texts.run.createHere}
          </CreateButton>
        </div>
        <Collapse expanded={isCreating}>
          {isCreating && (
            <NewSecret
              namespace={namespace}
              taken={new Set(mine.map(({ key }) => key))}
              onDone={(key) => {
                setIsCreating(false);
                if (key === undefined) return;
                const isSuggested = target === '' || target === suggestedTarget(kind, keyOf(secret));
                onSet({
                  ...attachment,
                  secret: formatSecretUri({ key }),
                  target: isSuggested ? suggestedTarget(kind, key) : target,
                });
              }}
            />
          )}
        </Collapse>
      </Stack>
    </div>
  );
}
