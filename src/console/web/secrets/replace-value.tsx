/** A new value for someone else's secret, which one may write without seeing it. */
import { Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent, type ReactElement } from 'react';
import type { UserSecretSpec } from '../../../api/index.ts';
import type { SharedSecret } from '../../../client/index.ts';
import { userSecrets } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNot } from '../cluster/use-may-not.ts';
import { Dialog, FormButtons } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { tellDone } from '../parts/toast.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import {
  inputOfSource,
  inputProblem,
  isNoInput,
  sourcesOfType,
  type InputSource,
  type SecretInput,
} from './secret-input.ts';
import { changeSecret } from './secret-writes.ts';
import { ValueField } from './value-field.tsx';

interface ReplaceValueProps {
  readonly entry: SharedSecret;
  readonly onClose: () => void;
}

/** Those that name nothing in the namespace of the owner, which one may not see. */
const withoutPlace: readonly InputSource[] = ['give', 'pair', 'generate'];

export function ReplaceValue({ entry, onClose }: ReplaceValueProps): ReactElement {
  const { connection } = useCluster();
  const { namespace, name } = entry;
  // What it takes depends on its type, which the list of what is shared does not have.
  const found = useQuery({
    queryKey: ['replaced', connection.context, namespace, name],
    // The type alone: a value that stands in the object is not kept.
    queryFn: async ({ signal }) =>
      (await connection.get(userSecrets, { namespace, name }, signal)).spec.type ?? 'Opaque',
    gcTime: 0,
  });
  if (found.data !== undefined) return <ReplaceForm entry={entry} type={found.data} onClose={onClose} />;
  return (
    <Dialog title={texts.secrets.replaceTitle(entry.uri)} onClose={onClose}>
      {found.error === null ? (
        <Skeleton h={120} role="status" aria-label={texts.states.loading} />
      ) : (
        <InlineProblem error={found.error} />
      )}
    </Dialog>
  );
}

interface ReplaceFormProps extends ReplaceValueProps {
  readonly type: UserSecretSpec['type'];
}

function ReplaceForm({ entry, type, onClose }: ReplaceFormProps): ReactElement {
  const cluster = useCluster();
  const { namespace, name } = entry;
  const whyNot = useMayNot({ verb: 'patch', resource: 'usersecrets', namespace, name });
  const sources = sourcesOfType(type).filter((source) => withoutPlace.includes(source));
  const [initial] = useState(() => inputOfSource(sources[0] ?? 'give'));
  const [input, setInput] = useState<SecretInput>(initial);
  const [isTried, setIsTried] = useState(false);
  const problem = inputProblem(input);
  const save = useMutation({
    mutationFn: () => changeSecret(cluster, entry, { input }),
    onError: useLateFailure(() => texts.secrets.notSavedKey(entry.uri)),
    onSuccess: () => {
      tellDone(() => texts.secrets.replaced(entry.uri));
      onClose();
    },
  });
  const submit = (event?: SubmitEvent): void => {
    event?.preventDefault();
    setIsTried(true);
    if (problem === undefined && whyNot === undefined && !save.isPending) save.mutate();
  };
  return (
    <Dialog
      title={texts.secrets.replaceTitle(entry.uri)}
      onClose={onClose}
      isChanged={input !== initial && !isNoInput(input)}
      isSaving={save.isPending}
      onSubmit={submit}
      footer={<FormButtons submit={texts.actions.save} whyNot={whyNot} isPending={save.isPending} onClose={onClose} />}
    >
      <Stack>
        <Text size="sm">{texts.secrets.replaceHelp(entry.owner)}</Text>
        <ValueField
          input={input}
          onChange={setInput}
          error={isTried ? problem : undefined}
          isFirst
          onSubmit={submit}
          sources={sources}
          initial={initial}
        />
        {save.error !== null && <InlineProblem title={texts.secrets.notSaved} error={save.error} />}
      </Stack>
    </Dialog>
  );
}
