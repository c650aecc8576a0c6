/** Opens the page that a job serves; where the console cannot, says what is missing and how to go there from the command line. */
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { tellNotDone } from '../parts/toast.ts';
import { texts } from '../texts.ts';
import { openJob } from './open-job.ts';

interface Opening {
  readonly open: () => void;
  readonly isOpening: boolean;
  /** To be drawn: the dialog with the command, where the console opens no jobs. */
  readonly explanation: ReactElement | null;
}

export function useOpenJob({ metadata: { namespace = '', name } }: NeuroJob): Opening {
  const cluster = useCluster();
  const [isExplained, setIsExplained] = useState(false);
  const opening = useMutation({
    mutationFn: () => openJob(cluster, namespace, name),
    onError: (error) => tellNotDone(() => texts.open.notOpened(name), error),
  });
  return {
    open: () => (cluster.config.opensJobs ? opening.mutate() : setIsExplained(true)),
    isOpening: opening.isPending,
    explanation: isExplained ? (
      <HowToOpen namespace={namespace} name={name} onClose={() => setIsExplained(false)} />
    ) : null,
  };
}

interface HowToOpenProps {
  readonly namespace: string;
  readonly name: string;
  readonly onClose: () => void;
}

function HowToOpen({ namespace, name, onClose }: HowToOpenProps): ReactElement {
  const command = `neuro port-forward --open ${name} -n ${namespace}`;
  return (
    <Dialog
      title={texts.open.title(name)}
      onClose={onClose}
      footer={
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            {texts.actions.close}
          </Button>
        </Group>
      }
    >
      <Stack gap="sm">
        <Text size="sm">{texts.open.fromCommand}</Text>
        <Group gap="xs" wrap="nowrap">
          <Code className="wrap">{command}</Code>
          <CopyButton label={texts.open.copyCommand} text={() => command} isIcon />
        </Group>
        <Text size="sm" c="dimmed">
          {texts.open.forAdministrator}
        </Text>
      </Stack>
    </Dialog>
  );
}
