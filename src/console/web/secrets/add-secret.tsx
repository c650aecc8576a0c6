/** The row in which a secret is added: key, value, Save. What was typed stays until it is saved or given up. */
import { Button, Group, Paper, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ShouldBlockFn } from '@tanstack/react-router';
import {
  useCallback,
  useRef,
  useState,
  type ClipboardEvent,
  type SubmitEvent,
  type ReactElement,
  type RefObject,
} from 'react';
import type { UserSecret } from '../../../api/index.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { ClusterError } from '../cluster/errors.ts';
import { userSecrets } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { CreateButton } from '../parts/create-button.tsx';
import { DiscardQuestion } from '../parts/dialog.tsx';
import { focusFirstWrong } from '../parts/first-wrong.ts';
import { Icon } from '../parts/icons.tsx';
import { manifestText } from '../parts/manifest.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { useReturnFocus } from '../parts/return-focus.ts';
import { never, useUnsaved } from '../parts/unsaved.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { looksLikeEnvFile } from './import-text.ts';
import { KeepField } from './keep-field.tsx';
import type { Recipient } from './other-clusters.tsx';
import { RotateByField } from './rotate-by-field.tsx';
import { rotateByDraft, rotateByProblem } from './rotate-by.ts';
import { SealForOthers } from './seal-for-others.tsx';
import { SealingNote } from './sealing-note.tsx';
import { emptyInput, inputProblem, isSealedInput, splitPasted, type SecretInput } from './secret-input.ts';
import styles from './secrets.module.css';
import { addSecret, draftObject } from './secret-writes.ts';
import { ValueField } from './value-field.tsx';
import { wrongKey } from './wrong-key.ts';

interface AddSecretProps {
  readonly namespace: string;
  /** Names of the objects that have a key. */
  readonly names: ReadonlyMap<string, string>;
  /** See `useMayNotCreate`. */
  readonly whyNot: string | undefined;
  readonly onDone: (added: UserSecret | undefined) => void;
  /** Several assignments were pasted where one key belongs. */
  readonly onLines: (text: string) => void;
  /** The button that opens the form. */
  readonly opener: RefObject<HTMLButtonElement | null>;
}

export function AddSecret({ namespace, names, whyNot, onDone, onLines, opener }: AddSecretProps): ReactElement {
  useReturnFocus(opener);
  const cluster = useCluster();
  const form = useRef<HTMLFormElement>(null);
  const [key, setKey] = useState('');
  const [input, setInput] = useState<SecretInput>(emptyInput);
  const [description, setDescription] = useState('');
  const [rotateBy, setRotateBy] = useState(() => rotateByDraft());
  const [keep, setKeep] = useState<number>();
  const [recipients, setRecipients] = useState<readonly Recipient[]>([]);
  const [isTried, setIsTried] = useState(false);
  const [hasAsked, setIsAsking] = useState(false);
  /** By a button of this form. */
  const isLeft = useRef(false);
  const leave = (added: UserSecret | undefined): void => {
    isLeft.current = true;
    onDone(added);
  };
  const isChanged =
    [key, description, rotateBy.day].some((text) => text !== '') ||
    rotateBy.isUnfinished ||
    keep !== undefined ||
    input !== emptyInput ||
    recipients.length > 0;
  const isAway = useCallback<ShouldBlockFn>(
    ({ current, next }) =>
      !isLeft.current && (next.pathname !== current.pathname || !('do' in next.search && next.search.do === 'add')),
    [],
  );
  const draft = {
    namespace,
    key,
    input,
    description,
    rotateBy: rotateBy.day,
    keep,
    recipients: recipients.map((one) => one.key),
  };
  const save = useMutation({
    mutationFn: () => addSecret(cluster, draft),
    onSuccess: leave,
    onError: useLateFailure(() => texts.secrets.notSavedKey(key)),
  });
  const leaving = useUnsaved(isChanged, save.isPending ? never : isAway);
  const isAsking = hasAsked || leaving !== undefined;
  const stay = (): void => {
    setIsAsking(false);
    leaving?.stay();
  };
  // The watch brings what is being saved, often before the answer.
  const isTaken = names.has(key) && !save.isPending && !save.isSuccess;
  const exists = isTaken || (save.error instanceof ClusterError && save.error.kind === 'exists');
  const ofKey = exists ? texts.secrets.exists(key) : key === '' && !isTried ? undefined : wrongKey(key);
  const ofValue = isTried ? inputProblem(input) : undefined;
  const isWrong =
    wrongKey(key) !== undefined ||
    isTaken ||
    inputProblem(input) !== undefined ||
    rotateByProblem(rotateBy, '', clusterNow()) !== undefined;
  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    setIsTried(true);
    if (isWrong) focusFirstWrong(form.current);
    else if (whyNot === undefined && !save.isPending) save.mutate();
  };
  const paste = (event: ClipboardEvent<HTMLInputElement>): void => {
    const pasted = event.clipboardData.getData('text');
    if (!isChanged && looksLikeEnvFile(pasted)) {
      event.preventDefault();
      onLines(pasted);
      return;
    }
    const both = splitPasted(pasted);
    if (both === undefined || key !== '') return;
    event.preventDefault();
    setKey(both.key);
    setInput({ kind: 'text', text: both.value });
  };
  return (
    <Paper
      withBorder
      p="md"
      component="form"
      ref={form}
      noValidate
      aria-label={texts.secrets.addTitle}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        if (!isChanged) leave(undefined);
        else if (isAsking) stay();
        else setIsAsking(true);
      }}
    >
      <Stack gap="sm">
        <Group align="start" gap="md" wrap="wrap">
          <TextInput
            label={texts.secrets.key}
            // What is wrong says the rule, too.
            description={ofKey === undefined ? texts.secrets.keyHelp : undefined}
            value={key}
            onChange={(event) => {
              setKey(event.currentTarget.value);
              save.reset();
            }}
            onPaste={paste}
            error={ofKey}
            flex="1 1 14rem"
            autoFocus
            autoComplete="off"
            spellCheck={false}
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            classNames={{ input: 'mono', label: styles['labelLine'] ?? '' }}
          />
          <div style={{ flex: '2 1 20rem', minWidth: 0 }}>
            <ValueField input={input} onChange={setInput} error={ofValue} onSubmit={submit} place={{ namespace }} />
          </div>
        </Group>
        <Group align="start" gap="md" wrap="wrap">
          <TextInput
            label={texts.secrets.description}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            placeholder={texts.secrets.descriptionHelp}
            flex="1 1 16rem"
          />
          <RotateByField draft={rotateBy} onChange={setRotateBy} isTried={isTried} />
          <KeepField keep={keep} onChange={setKeep} />
        </Group>
        {isSealedInput(input) && <SealForOthers recipients={recipients} onChange={setRecipients} />}
        {save.error !== null && !exists && <InlineProblem title={texts.secrets.notSaved} error={save.error} />}
        {isAsking ? (
          <DiscardQuestion onDiscard={leaving?.leave ?? (() => leave(undefined))} onKeep={stay} />
        ) : (
          <Group justify="space-between" gap="sm">
            <Group gap="xs">
              <CreateButton type="submit" whyNot={whyNot} loading={save.isPending} leftSection={<Icon name="check" />}>
                {texts.actions.save}
              </CreateButton>
              <Button variant="default" leftSection={<Icon name="close" />} onClick={() => leave(undefined)}>
                {texts.actions.cancel}
              </Button>
              {!isWrong && (
                <CopyButton
                  label={texts.copy.manifest}
                  text={async () => manifestText(userSecrets, await draftObject(cluster, draft))}
                />
              )}
            </Group>
            {isSealedInput(input) && <SealingNote />}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
