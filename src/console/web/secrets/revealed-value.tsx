/** One value, read when it is asked for, hidden again after a while; binary is offered as a file. */
import { Button, Group, Loader, Text } from '@mantine/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { asClusterError } from '../cluster/errors.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { asText, size } from '../parts/bytes.ts';
import { Icon } from '../parts/icons.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { saveFile } from '../parts/save-file.ts';
import { texts } from '../texts.ts';
import type { SecretRow } from './secret-rows.ts';
import { readValue } from './secret-writes.ts';
import styles from './secrets.module.css';

const shownMs = 30_000;

interface RevealedValueProps {
  readonly row: SecretRow;
  readonly onHide: () => void;
}

export function RevealedValue({ row, onHide }: RevealedValueProps): ReactElement {
  const cluster = useCluster();
  // Not in the cache of queries, so that nothing of it outlives this component.
  const [read, setRead] = useState<{ readonly bytes: Uint8Array } | { readonly error: Error }>();
  const hide = useRef(onHide);
  useEffect(() => {
    hide.current = onHide;
  });
  const { secret } = row;
  const { uid } = secret.metadata;
  const { version } = secret.status ?? {};
  useEffect(() => {
    let isGone = false;
    readValue(cluster, secret).then(
      (bytes) => {
        if (!isGone) setRead({ bytes });
      },
      (failure: unknown) => {
        if (!isGone) setRead({ error: asClusterError(failure) });
      },
    );
    const timer = setTimeout(() => hide.current(), shownMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- read again when the value changes, not at every change of the object
  }, [cluster, uid, version]);
  if (read === undefined) return <Loader size="sm" aria-label={texts.states.loading} />;
  if ('error' in read) return <InlineProblem title={texts.secrets.notRead} error={read.error} />;
  const { bytes } = read;
  const text = asText(bytes);
  return (
    <>
      {text === undefined ? (
        <Group gap="sm">
          <Text size="sm">{texts.secrets.binary(size(bytes.length))}</Text>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon name="down" size={15} />}
            onClick={() => saveFile(row.key, [bytes])}
          >
            {texts.actions.download}
          </Button>
        </Group>
      ) : (
        <pre className={styles['value']} tabIndex={0} aria-label={texts.secrets.valueOf(row.key)}>
          {text}
        </pre>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {texts.secrets.hidesAgain(size(bytes.length))}
      </Text>
    </>
  );
}
