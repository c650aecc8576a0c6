/** Keeps a copy of someone else's secret in this namespace. Loaded when it is opened. */
import { Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import type { SharedSecret } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { Dialog, FormButtons } from '../parts/dialog.tsx';
import { focusFirstWrong } from '../parts/first-wrong.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { tellDone } from '../parts/toast.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { readPairs } from './read-pairs.ts';
import { addCopy } from './secret-writes.ts';
import { wrongKey } from './wrong-key.ts';

interface KeepCopyProps {
  /** Of the copy. */
  readonly namespace: string;
  readonly entry: SharedSecret;
  readonly onClose: () => void;
}

export function KeepCopy({ namespace, entry, onClose }: KeepCopyProps): ReactElement {
  const cluster = useCluster();
  const whyNot = useMayNotCreate('usersecrets', namespace);
  const [key, setKey] = useState(entry.key);
  const [labels, setLabels] = useState('');
  const [annotations, setAnnotations] = useState('');
  const [isTried, setIsTried] = useState(false);
  const [readLabels, readAnnotations] = [readPairs(labels), readPairs(annotations)];
  const ofKey = wrongKey(key);
  const isWrong = [ofKey, readLabels.wrongLine, readAnnotations.wrongLine].some((problem) => problem !== undefined);
  const save = useMutation({
    mutationFn: () =>
      addCopy(cluster, {
        ...{ namespace, key, from: { namespace: entry.namespace, name: entry.name } },
        ...{ labels: readLabels.pairs, annotations: readAnnotations.pairs },
      }),
    onSuccess: () => {
      tellDone(() => texts.copies.done(key));
      onClose();
    },
    onError: useLateFailure(() => texts.secrets.notSavedKey(key)),
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (isWrong) focusFirstWrong(event.currentTarget instanceof HTMLElement ? event.currentTarget : null);
    else if (whyNot === undefined && !save.isPending) save.mutate();
  };
  const noPair = (line: string | undefined): string | undefined =>
    isTried && line !== undefined ? texts.copies.noPair(line) : undefined;
  return (
    <Dialog
      title={texts.secrets.keepCopyLabel(entry.uri)}
      onClose={onClose}
      isChanged={key !== entry.key || labels !== '' || annotations !== ''}
      isSaving={save.isPending}
      onSubmit={submit}
      footer={
        <FormButtons submit={texts.secrets.keepCopy} whyNot={whyNot} isPending={save.isPending} onClose={onClose} />
      }
    >
      <Stack>
        <Text size="sm">{texts.copies.help}</Text>
        <TextInput
          label={texts.secrets.key}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={ofKey}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'mono' }}
        />
        <Textarea
          label={texts.copies.labels}
          description={texts.copies.pairsHelp}
          value={labels}
          onChange={(event) => setLabels(event.currentTarget.value)}
          error={noPair(readLabels.wrongLine)}
          autosize
          spellCheck={false}
          classNames={{ input: 'mono' }}
        />
        <Textarea
          label={texts.copies.annotations}
          description={texts.copies.pairsHelp}
          value={annotations}
          onChange={(event) => setAnnotations(event.currentTarget.value)}
          error={noPair(readAnnotations.wrongLine)}
          autosize
          spellCheck={false}
          classNames={{ input: 'mono' }}
        />
        {save.error !== null && <InlineProblem title={texts.secrets.notSaved} error={save.error} />}
      </Stack>
    </Dialog>
  );
}
