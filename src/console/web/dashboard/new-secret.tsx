/** A secret made on the spot, inside of the run dialog. Not a form of its own: it stands in one. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { calledName, type UserSecret } from '../../../api/index.ts';
import { ClusterError } from '../cluster/errors.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { useWhileHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { emptyInput, inputProblem, type SecretInput } from '../secrets/secret-input.ts';
import { addSecret } from '../secrets/secret-writes.ts';
import { ValueField } from '../secrets/value-field.tsx';
import { texts } from '../texts.ts';
import { wrongKey } from '../secrets/wrong-key.ts';

interface NewSecretProps {
  readonly namespace: string;
  readonly taken: ReadonlySet<string>;
  readonly onDone: (key: string | undefined) => void;
}

export function NewSecret({ namespace, taken, onDone }: NewSecretProps): ReactElement {
  const cluster = useCluster();
  const [key, setKey] = useState('');
  const [input, setInput] = useState<SecretInput>(emptyInput);
  const [isTried, setIsTried] = useState(false);
  const save = useMutation({
    mutationFn: () => addSecret(cluster, { namespace, key, input, description: '' }),
    // What was given up meanwhile is not used.
    onSuccess: useWhileHere((secret: UserSecret) => onDone(calledName(secret))),
    onError: useLateFailure(() => texts.secrets.notSavedKey(key)),
  });
  // The watch brings what is being saved, often before the answer.
  const isTaken = taken.has(key) && !save.isPending && !save.isSuccess;
  const exists = isTaken || (save.error instanceof ClusterError && save.error.kind === 'exists');
  const ofKey = exists ? texts.secrets.exists(key) : isTried || key !== '' ? wrongKey(key) : undefined;
  const submit = (): void => {
    setIsTried(true);
    if (wrongKey(key) === undefined && !exists && inputProblem(input) === undefined && !save.isPending) save.mutate();
  };
  return (
    <Stack
      gap="xs"
      onKeyDown={(event) => {
        // Enter in a field of it must not run the job.
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
      }}
    >
      <TextInput
        label={texts.secrets.key}
        value={key}
        onChange={(event) => {
          setKey(event.currentTarget.value);
          save.reset();
        }}
        error={ofKey}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: 'mono' }}
        autoFocus
      />
      <ValueField
        input={input}
        onChange={setInput}
        error={isTried ? inputProblem(input) : undefined}
        onSubmit={submit}
        place={{ namespace }}
      />
      {save.error !== null && !exists && <InlineProblem title={texts.secrets.notSaved} error={save.error} />}
      <Group gap="xs">
        <Button size="xs" loading={save.isPending} onClick={submit}>
          {texts.run.createAndUse}
        </Button>
        <Button size="xs" variant="default" onClick={() => onDone(undefined)}>
          {texts.actions.cancel}
        </Button>
      </Group>
    </Stack>
  );
}
