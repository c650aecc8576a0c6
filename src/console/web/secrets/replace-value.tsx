/** A new value for someone else's secret, which one may write without seeing it. */
import { Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import type { SharedSecret } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { Dialog, FormButtons } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { tellDone } from '../parts/toast.ts';
import { texts } from '../texts.ts';
import { emptyInput, inputProblem, type SecretInput } from './secret-input.ts';
import { changeSecret } from './secret-writes.ts';
import { ValueField } from './value-field.tsx';

interface ReplaceValueProps {
  readonly entry: SharedSecret;
  readonly onClose: () => void;
}

export function ReplaceValue({ entry, onClose }: ReplaceValueProps): ReactElement {
  const cluster = useCluster();
  const [input, setInput] = useState<SecretInput>(emptyInput);
  const [isTried, setIsTried] = useState(false);
  const problem = inputProblem(input);
  const save = useMutation({
    mutationFn: () => changeSecret(cluster, entry, { input }),
    onSuccess: () => {
      tellDone(() => texts.secrets.replaced(entry.uri));
      onClose();
    },
  });
  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    setIsTried(true);
    if (problem === undefined && !save.isPending) save.mutate();
  };
  return (
    <Dialog
      title={texts.secrets.replaceTitle(entry.uri)}
      onClose={onClose}
      isChanged={input !== emptyInput}
      onSubmit={submit}
      footer={<FormButtons submit={texts.actions.save} isPending={save.isPending} onClose={onClose} />}
    >
      <Stack>
        <Text size="sm">{texts.secrets.replaceHelp(entry.owner)}</Text>
        <ValueField input={input} onChange={setInput} error={isTried ? problem : undefined} isFirst onSubmit={submit} />
        {save.error !== null && <InlineProblem title={texts.secrets.notSaved} error={save.error} />}
      </Stack>
    </Dialog>
  );
}
