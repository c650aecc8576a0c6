/** A shell in the container of a running job. */
import '@xterm/xterm/css/xterm.css';
import { Button, Group, Text } from '@mantine/core';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { JOB_CONTAINER, type NeuroJob } from '../../../api/index.ts';
import { isFinished } from '../../../client/index.ts';
import { pathOf, pods } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { jobWords } from '../jobs/job-words.ts';
import { Nothing } from '../parts/states.tsx';
import { texts } from '../texts.ts';
import styles from './terminal.module.css';
import { openTerminal, type TerminalEnd } from './terminal-session.ts';

/** The better shell where the image has one. */
const shell = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];
const keptLines = 5_000;

export function JobTerminal({ job }: { readonly job: NeuroJob }): ReactElement {
  const { podName, phase } = job.status ?? {};
  if (isFinished(job)) return <Nothing title={texts.terminal.over}>{jobWords(job).short}</Nothing>;
  if (phase !== 'Running' || podName === undefined)
    return (
      <Nothing title={texts.terminal.waiting}>
        <Text role="status">{jobWords(job).short}</Text>
        <Text size="sm" c="dimmed" className="wrap">
          {jobWords(job).sentence}
        </Text>
      </Nothing>
    );
  return <Shell namespace={job.metadata.namespace ?? ''} pod={podName} />;
}

function Shell({ namespace, pod }: { readonly namespace: string; readonly pod: string }): ReactElement {
  const { connection } = useCluster();
  const host = useRef<HTMLDivElement>(null);
  const [attempt, setAttempt] = useState(1);
  const [isOpen, setIsOpen] = useState(false);
  const [end, setEnd] = useState<TerminalEnd>();
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const terminal = new Terminal({
      scrollback: keptLines,
      fontFamily: getComputedStyle(element).fontFamily,
      fontSize: 14,
      // Some fonts draw an underscore below their own line.
      lineHeight: 1.2,
      cursorBlink: true,
      screenReaderMode: true,
      theme: { background: '#111416', foreground: '#e6e9ea' },
      // Links from the output of a job are not made clickable.
      linkHandler: { activate: () => undefined },
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(element);
    fit.fit();
    const query = new URLSearchParams(shell.map((word) => ['command', word]));
    for (const flag of ['stdin', 'stdout', 'tty']) query.set(flag, 'true');
    query.set('container', JOB_CONTAINER);
    const path = pathOf(pods, { namespace, name: pod, subresource: 'exec' });
    const session = openTerminal({
      address: connection.address(`${path}?${query.toString()}`, {}),
      onOpen: () => {
        setIsOpen(true);
        session.resize(terminal.cols, terminal.rows);
        terminal.focus();
      },
      onOutput: (bytes) => terminal.write(bytes),
      onEnd: (ended) => {
        setIsOpen(false);
        setEnd(ended);
        terminal.options.disableStdin = true;
        terminal.options.cursorBlink = false;
      },
    });
    terminal.onData((text) => session.send(text));
    terminal.onResize(({ cols, rows }) => session.resize(cols, rows));
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(element);
    return () => {
      observer.disconnect();
      session.close();
      terminal.dispose();
    };
  }, [connection, namespace, pod, attempt]);
  const again = (): void => {
    setEnd(undefined);
    setAttempt(attempt + 1);
  };
  return (
    <>
      <Group justify="space-between" mb="xs" mih={32}>
        <Text size="sm" role="status" c={end === undefined ? 'dimmed' : 'inherit'} fw={end === undefined ? 400 : 600}>
          {end?.sentence ?? (isOpen ? texts.terminal.open(pod) : texts.terminal.opening)}
        </Text>
        {end !== undefined && end.kind !== 'sessionEnded' && (
          <Button size="xs" onClick={again} autoFocus>
            {texts.terminal.again}
          </Button>
        )}
      </Group>
      <div ref={host} className={styles['host']} data-open={isOpen} />
    </>
  );
}
