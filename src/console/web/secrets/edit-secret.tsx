/** Changes a secret: a new value (without reading the old one), its description, what a revoke does. */
import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import { TLS_TYPE, type UserSecretOnRevoke } from '../../../api/index.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNot } from '../cluster/use-may-not.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import {
  inputOfSpec,
  inputProblem,
  isNoInput,
  isSealedInput,
  sourceOfInput,
  sourcesOfType,
  type SecretInput,
} from './secret-input.ts';
import { KeepField } from './keep-field.tsx';
import type { Recipient } from './other-clusters.tsx';
import { RotateByField } from './rotate-by-field.tsx';
import { rotateByDraft, rotateByProblem } from './rotate-by.ts';
import { SealForOthers } from './seal-for-others.tsx';
import { SealingNote } from './sealing-note.tsx';
import type { SecretRow } from './secret-rows.ts';
import { changeSecret } from './secret-writes.ts';
import { useRecoveryKeys } from './use-recovery-keys.ts';
import { ValueField } from './value-field.tsx';

interface EditSecretProps {
  readonly row: SecretRow;
  readonly onClose: () => void;
}

export function EditSecret({ row, onClose }: EditSecretProps): ReactElement {
  const cluster = useCluster();
  const { spec, metadata, status } = row.secret;
  // As it stood when the dialog opened: a change by others meanwhile is said, not taken over.
  const [before] = useState({
    description: spec.description ?? '',
    onRevoke: spec.onRevoke ?? 'Continue',
    version: status?.version,
    rotateBy: row.rotateBy?.day ?? '',
    input: inputOfSpec(spec),
    keep: spec.history?.keep,
  });
  const [input, setInput] = useState<SecretInput>(before.input);
  const [keep, setKeep] = useState(before.keep);
  const [recipients, setRecipients] = useState<readonly Recipient[]>([]);
  const [description, setDescription] = useState(before.description);
  const [onRevoke, setOnRevoke] = useState<UserSecretOnRevoke>(before.onRevoke);
  const [rotateBy, setRotateBy] = useState(() => rotateByDraft(before.rotateBy));
  const hasValue = input !== before.input && !isNoInput(input);
  const isNewSource = hasValue && sourceOfInput(input) !== sourceOfInput(before.input);
  const problem = hasValue ? inputProblem(input) : undefined;
  const change = {
    ...(hasValue ? { input } : {}),
    ...(description === before.description ? {} : { description }),
    ...(onRevoke === before.onRevoke ? {} : { onRevoke }),
    ...(rotateBy.day === before.rotateBy ? {} : { rotateBy: rotateBy.day }),
    ...(keep === before.keep ? {} : { keep: keep ?? null }),
  };
  const isChanged = Object.keys(change).length > 0 || rotateBy.isUnfinished;
  const canSave =
    isChanged && problem === undefined && rotateByProblem(rotateBy, before.rotateBy, clusterNow()) === undefined;
  const target = { namespace: metadata.namespace ?? '', name: metadata.name };
  const whyNot = useMayNot({ verb: 'patch', resource: 'usersecrets', ...target });
  const save = useMutation({
    mutationFn: () => changeSecret(cluster, target, { ...change, recipients: recipients.map((one) => one.key) }),
    onSuccess: onClose,
    onError: useLateFailure(() => texts.secrets.notSavedKey(row.key)),
  });
  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    if (canSave && whyNot === undefined && !save.isPending) save.mutate();
  };
  const others = (spec.sealed?.values?.length ?? 0) - useRecoveryKeys().length;
  const users = row.jobs.length + row.jobsElsewhere;
  return (
    <Dialog
      title={texts.secrets.editTitle(row.key)}
      onClose={onClose}
      isChanged={isChanged}
      isSaving={save.isPending}
      onSubmit={submit}
      footer={
        <Group justify="space-between">
          {isSealedInput(input) ? <SealingNote /> : <span />}
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <CreateButton type="submit" whyNot={whyNot} disabled={!canSave} loading={save.isPending}>
              {texts.actions.save}
            </CreateButton>
          </Group>
        </Group>
      }
    >
      <Stack>
        {before.version !== status?.version && <Text c="yellow">{texts.secrets.changedMeanwhile}</Text>}
        <ValueField
          input={input}
          onChange={setInput}
          error={problem}
          label={texts.secrets.newValue}
          description={texts.secrets.newValueHelp}
          isFirst
          onSubmit={submit}
          place={{ namespace: target.namespace, self: row.name, pair: spec.type === TLS_TYPE }}
          sources={sourcesOfType(spec.type)}
          initial={before.input}
        />
        {hasValue && isSealedInput(input) && <SealForOthers recipients={recipients} onChange={setRecipients} />}
        {hasValue && isSealedInput(input) && recipients.length === 0 && others > 0 && (
          <Text size="sm" role="status">
            {texts.sealing.wasForOthers(others)}
          </Text>
        )}
        {(isNewSource || (hasValue && row.source === 'copy')) && row.source !== 'sealed' && row.source !== 'plain' && (
          <Text size="sm">{texts.secrets.endsSource(row.source)}</Text>
        )}
        <TextInput
          label={texts.secrets.description}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <RotateByField draft={rotateBy} onChange={setRotateBy} before={before.rotateBy} isExplained />
        <KeepField keep={keep} onChange={setKeep} isExplained />
        {hasValue && isSealedInput(input) && rotateBy.day !== '' && rotateBy.day === before.rotateBy && (
          <Text size="sm" role="status">
            {texts.secrets.rotateNext}
          </Text>
        )}
        <Select
          label={texts.secrets.onRevoke}
          data={[
            { value: 'Continue', label: texts.secrets.onRevokeContinue },
            { value: 'Terminate', label: texts.secrets.onRevokeTerminate },
          ]}
          value={onRevoke}
          allowDeselect={false}
          onChange={(value) => setOnRevoke(value === 'Terminate' ? 'Terminate' : 'Continue')}
        />
        {hasValue && users > 0 && (
          <Text size="sm" c="dimmed">
            {texts.secrets.jobsKeep(users)}
          </Text>
        )}
        {save.error !== null && <InlineProblem title={texts.secrets.notSaved} error={save.error} />}
      </Stack>
    </Dialog>
  );
}
