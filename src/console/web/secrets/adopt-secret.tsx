/**
 * Several keys of a native Secret at once, each as a secret that follows it, as `neuro secret adopt` makes them. What would be saved is
 * shown first; no value is, and none is kept.
 */
import { Button, Checkbox, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState, type ReactElement, type SubmitEvent } from 'react';
import { isObjectName, type UserSecret } from '../../../api/index.ts';
import { previewAdopt, type AdoptRow, type NativeKeys } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { texts } from '../texts.ts';
import { Fate } from './import-rows.tsx';
import { saveRows } from './import-save.ts';
import { keysOfSecret } from './native-keys.ts';
import { addSecret, changeSecret } from './secret-writes.ts';
import styles from './secrets.module.css';
import { useRowSaving } from './use-row-saving.ts';
import { whyNotSaved } from './why-not-saved.ts';

interface AdoptSecretProps {
  readonly namespace: string;
  readonly secrets: readonly UserSecret[];
  /** Why the user may not make secrets; see `useMayNotCreate`. */
  readonly mayNotCreate: string | undefined;
  /** With the names of the objects that were saved. */
  readonly onClose: (saved: readonly string[]) => void;
}

type Looked = NativeKeys | 'notFound' | 'forbidden';

export function AdoptSecret({ namespace, secrets, mayNotCreate, onClose }: AdoptSecretProps): ReactElement {
  const cluster = useCluster();
  const t = texts.adopt;
  const [name, setName] = useState('');
  const [prefix, setPrefix] = useState('');
  const [replace, setReplace] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const { results, saved, isPending, isSaved, save, forget } = useRowSaving<AdoptRow>({
    save: (wanted, onResult, signal) =>
      saveRows(
        wanted,
        onResult,
        async ({ key = '', called, former }) => {
          const input = { kind: 'secret', name, key, isPair: key === '' } as const;
          if (former === undefined)
            return (await addSecret(cluster, { namespace, key: called, input, description: '' })).metadata.name;
          await changeSecret(cluster, { namespace, name: former }, { input });
          return former;
        },
        signal,
      ),
    done: (count) => texts.adopt.done(count, name),
    onClose,
  });
  const look = useMutation({
    mutationFn: (): Promise<Looked> => keysOfSecret(cluster.connection, { namespace, name }),
    onSuccess: () => {
      setLeft(new Set());
      forget();
    },
  });
  const native = typeof look.data === 'object' && look.data.name === name ? look.data : undefined;
  // As it stood when the keys were shown: what is saved meanwhile is not a clash.
  const [existing, setExisting] = useState(secrets);
  const preview = useMemo(
    () => (native === undefined ? { rows: [] } : previewAdopt(native, existing, prefix, t.words)),
    [native, existing, prefix, t.words],
  );
  const rows = preview.rows.filter(
    (row) =>
      row.problem === undefined && !left.has(idOf(row)) && !isSaved(row.line) && (replace || row.former === undefined),
  );
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'usersecrets', namespace });
  const whyNot = whyNotSaved(
    rows.map(({ former }) => former),
    mayNotCreate,
    mayNotChange,
  );
  const clashes = preview.rows.filter(({ problem, former }) => problem === undefined && former !== undefined).length;
  const canLook = isObjectName(name) && native === undefined;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (canLook) {
      setExisting(secrets);
      look.mutate();
    } else if (rows.length > 0 && whyNot === undefined && !isPending) save(rows);
  };
  const problem =
    name !== '' && !isObjectName(name)
      ? texts.sources.badName
      : look.data === 'notFound'
        ? t.notFound(namespace)
        : look.data === 'forbidden'
          ? t.forbidden
          : preview.refusal === undefined
            ? undefined
            : t.refused(preview.refusal);
  return (
    <Dialog
      title={t.title}
      size={760}
      onClose={() => onClose(saved)}
      isChanged={rows.length > 0 || isPending}
      onSubmit={submit}
      footer={
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => onClose(saved)}>
            {saved.length === 0 ? texts.actions.cancel : texts.actions.close}
          </Button>
          <CreateButton
            type="submit"
            // Looking takes another right.
            whyNot={native === undefined ? undefined : whyNot}
            disabled={!canLook && rows.length === 0}
            loading={look.isPending || isPending}
          >
            {native === undefined ? t.look : t.save(rows.length)}
          </CreateButton>
        </Group>
      }
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t.help}
        </Text>
        <Group align="start" gap="sm">
          <TextInput
            label={texts.sources.nativeSecret}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value.trim());
              look.reset();
            }}
            error={problem}
            flex="2 1 14rem"
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'mono' }}
          />
          <TextInput
            label={t.prefix}
            value={prefix}
            onChange={(event) => setPrefix(event.currentTarget.value)}
            flex="1 1 8rem"
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'mono' }}
          />
        </Group>
        {look.error !== null && <InlineProblem title={texts.secrets.notRead} error={look.error} />}
        {clashes > 0 && (
          <Checkbox
            label={t.replace(clashes)}
            checked={replace}
            onChange={(event) => setReplace(event.currentTarget.checked)}
          />
        )}
        {preview.rows.length > 0 && (
          <div className={styles['importRows']} tabIndex={0} role="region" aria-label={texts.secrets.import.preview}>
            <Table stickyHeader verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th miw={120}>{t.becomes}</Table.Th>
                  <Table.Th>{texts.secrets.import.what}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {preview.rows.map((row) => (
                  <Table.Tr key={idOf(row)}>
                    <Table.Td>
                      <Checkbox
                        label={row.called}
                        description={row.key === row.called ? undefined : (row.key ?? texts.sources.wholePair)}
                        checked={row.problem === undefined && !left.has(idOf(row))}
                        disabled={row.problem !== undefined || isSaved(row.line) || isPending}
                        onChange={(event) => setLeft(withOrWithout(left, idOf(row), !event.currentTarget.checked))}
                        classNames={{ label: 'mono wrap' }}
                      />
                    </Table.Td>
                    <Table.Td>
                      {left.has(idOf(row)) ? (
                        <Text span size="xs" c="dimmed">
                          {t.leftOut}
                        </Text>
                      ) : (
                        <Fate
                          problem={row.problem}
                          exists={row.former !== undefined}
                          replace={replace}
                          result={results.get(row.line)}
                          more=""
                        />
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
      </Stack>
    </Dialog>
  );
}

/** The pair has no key. */
function idOf({ key = '' }: AdoptRow): string {
  return key;
}

function withOrWithout(ids: ReadonlySet<string>, id: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(ids);
  if (isIn) next.add(id);
  else next.delete(id);
  return next;
}
