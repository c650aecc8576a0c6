/**
 * What can be done with the selected rows: below the table, so that no row moves while one selects. What was begun goes on when one leaves the page, and is
 * here again for who comes back.
 */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { Suspense, useEffect, useState, type ComponentType, type ReactElement } from 'react';
import { listText } from '../language/local.ts';
import { texts } from '../texts.ts';
import { useBulkPlace, type BulkList } from './bulk-place.ts';
import { bulkRuns, useBulkRuns, type BulkResult } from './bulk-runs.ts';
import { CreateButton } from './create-button.tsx';
import { QuestionDialog } from './dialog.tsx';
import type { Selection } from './selection.ts';

type Act<Row> = (row: Row) => Promise<unknown>;

export interface BulkAction<Row> {
  readonly label: string;
  /** Rows that it makes sense for; absent for all. */
  readonly isFor?: (row: Row) => boolean;
  readonly done: (count: number) => string;
  /** What is done to each; absent where a form says it. */
  readonly act?: Act<Row>;
  /** Before what cannot be undone. */
  readonly question?: {
    readonly title: (count: number) => string;
    readonly sentence: string;
    readonly confirm: (count: number) => string;
  };
  /** It takes nothing away. */
  readonly isHarmless?: boolean;
  /** Why the user may not do it to a row; undefined where they may, or nobody has asked. Off where they may do it to none. */
  readonly whyNot?: (row: Row) => string | undefined;
  readonly Form?: ComponentType<BulkForm<Row>>;
}

export interface BulkForm<Row> {
  readonly rows: readonly Row[];
  readonly onStart: (act: Act<Row>) => void;
  readonly onClose: () => void;
}

interface BulkBarProps<Row> {
  readonly list: BulkList;
  readonly selection: Selection;
  /** Those that the table shows. */
  readonly selected: readonly Row[];
  readonly shown: number;
  readonly keyOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  readonly actions: readonly BulkAction<Row>[];
}

/** A question names so many. */
const namedRows = 5;
/** Characters of a name in a sentence: the rest of a longer one says little. */
const longestName = 60;

export function BulkBar<Row>({
  list,
  selection,
  selected,
  shown,
  keyOf,
  nameOf,
  actions,
}: BulkBarProps<Row>): ReactElement | null {
  /** With the rows as they were when it was chosen. */
  const [asked, setAsked] = useState<{ readonly action: BulkAction<Row>; readonly rows: readonly Row[] }>();
  const { place, hrefNow } = useBulkPlace(list);
  const run = useBulkRuns().find((one) => one.place === place);
  const result = run?.result;
  const progress = result === undefined ? run : undefined;
  // What was done is selected no more; the rest is, for another try.
  useEffect(() => {
    if (result !== undefined)
      selection.setMany(
        [...result.failed, ...result.left].map(({ id }) => id),
        true,
      );
  }, [result, selection]);
  const start = ({ label, done }: BulkAction<Row>, rows: readonly Row[], act: Act<Row>): void => {
    setAsked(undefined);
    const onEnd = (ids: readonly string[]): void => selection.setMany(ids, false);
    const named = (row: Row) => ({ id: keyOf(row), name: nameOf(row) });
    void bulkRuns.start({ place, href: hrefNow(), label, rows, named, act, done, onEnd });
  };
  const choose = (action: BulkAction<Row>, rows: readonly Row[]): void => {
    if (action.act !== undefined && action.question === undefined) start(action, rows, action.act);
    else setAsked({ action, rows });
  };
  if (selected.length === 0 && run === undefined && asked === undefined) return null;
  const { action, rows = [] } = asked ?? {};
  const { question, act, Form } = action ?? {};
  const close = (): void => setAsked(undefined);
  return (
    <Stack gap="xs" role="group" aria-label={texts.bulk.title} data-bulk>
      {result !== undefined && <Outcome result={result} onClose={() => bulkRuns.dismiss(place)} />}
      <Group gap="xs">
        <Text size="sm" fw={600} role="status">
          {progress === undefined
            ? texts.bulk.selected(selected.length)
            : texts.bulk.progress(progress.count, progress.all)}
        </Text>
        {progress !== undefined && (
          <Button size="compact-sm" variant="default" onClick={progress.stop}>
            {texts.bulk.stop}
          </Button>
        )}
        {progress === undefined && selected.length < shown && (
          <Button size="compact-sm" variant="subtle" onClick={() => selection.setAll(true)}>
            {texts.bulk.all(shown)}
          </Button>
        )}
        {progress === undefined &&
          actions.map((one) => {
            const meant = one.isFor === undefined ? selected : selected.filter(one.isFor);
            if (meant.length === 0) return null;
            return (
              <CreateButton
                key={one.label}
                whyNot={whyNotAll(one, meant)}
                size="compact-sm"
                {...(isDangerous(one) ? { variant: 'light', color: 'red' } : { variant: 'default' })}
                onClick={() => choose(one, meant)}
              >
                {meant.length === selected.length ? one.label : texts.bulk.some(one.label, meant.length)}
              </CreateButton>
            );
          })}
        {progress === undefined && selected.length > 0 && (
          <Button size="compact-sm" variant="subtle" onClick={() => selection.clear()}>
            {texts.bulk.clear}
          </Button>
        )}
      </Group>
      {action !== undefined && question !== undefined && act !== undefined && (
        <QuestionDialog
          title={question.title(rows.length)}
          sentence={`${namesOf(rows, nameOf)}. ${question.sentence}`}
          confirm={question.confirm(rows.length)}
          isHarmless={!isDangerous(action)}
          onConfirm={() => start(action, rows, act)}
          onClose={close}
        />
      )}
      {action !== undefined && Form !== undefined && (
        <Suspense>
          <Form rows={rows} onStart={(chosen) => start(action, rows, chosen)} onClose={close} />
        </Suspense>
      )}
    </Stack>
  );
}

function whyNotAll<Row>({ whyNot }: BulkAction<Row>, rows: readonly Row[]): string | undefined {
  const [first] = rows;
  return first === undefined || rows.some((row) => whyNot?.(row) === undefined) ? undefined : whyNot?.(first);
}

function isDangerous<Row>({ question, isHarmless = false }: BulkAction<Row>): boolean {
  return question !== undefined && !isHarmless;
}

/** The first names, and how many more. */
function namesOf<Row>(rows: readonly Row[], nameOf: (row: Row) => string): string {
  const more = rows.length - namedRows;
  return listText([
    ...rows.slice(0, namedRows).map((row) => shortened(nameOf(row))),
    ...(more > 0 ? [texts.bulk.more(more)] : []),
  ]);
}

function shortened(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}

interface OutcomeProps {
  readonly result: BulkResult;
  readonly onClose: () => void;
}

function Outcome({ result: { all, failed, left }, onClose }: OutcomeProps): ReactElement {
  return (
    <Alert
      color={failed.length > 0 ? 'red' : 'yellow'}
      p="xs"
      title={failed.length > 0 ? texts.bulk.failed(failed.length, all) : texts.bulk.notTried(left.length)}
      withCloseButton
      closeButtonLabel={texts.bulk.dismiss}
      onClose={onClose}
    >
      <Stack gap={2} component="ul" m={0} p={0} mah="8rem" tabIndex={0} style={{ listStyle: 'none', overflow: 'auto' }}>
        {failed.map(({ id, name, message, lang }) => (
          <li key={id}>
            <Text size="sm" className="wrap">
              <strong>{name}</strong>: <span lang={lang}>{message}</span>
            </Text>
          </li>
        ))}
      </Stack>
      {failed.length > 0 && left.length > 0 && <Text size="sm">{texts.bulk.notTried(left.length)}</Text>}
    </Alert>
  );
}
