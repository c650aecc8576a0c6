/** The preview of an import: each line of the file, and what would become of it. A value is never shown. */
import { Badge, Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ImportRow } from '../../../client/index.ts';
import { size } from '../parts/bytes.ts';
import { texts } from '../texts.ts';
import type { ImportResult } from './import-save.ts';
import styles from './secrets.module.css';

interface ImportRowsProps {
  readonly rows: readonly ImportRow[];
  readonly replace: boolean;
  readonly results: ReadonlyMap<number, ImportResult>;
}

/** Of a longer file the rest is counted. */
const mostShown = 200;

export function ImportRows({ rows, replace, results }: ImportRowsProps): ReactElement {
  const t = texts.secrets.import;
  // What needs a look first.
  const sorted = [...rows].sort((a, b) => rankOf(a, results) - rankOf(b, results) || a.line - b.line);
  return (
    <div className={styles['importRows']} tabIndex={0} role="region" aria-label={t.preview}>
      <Table stickyHeader verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={60}>{t.line}</Table.Th>
            <Table.Th>{texts.secrets.key}</Table.Th>
            <Table.Th>{t.what}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.slice(0, mostShown).map((row) => (
            <Table.Tr key={`${String(row.line)} ${row.name}`}>
              <Table.Td>{row.line}</Table.Td>
              <Table.Td className="mono wrap">{row.name}</Table.Td>
              <Table.Td>
                <Fate
                  problem={row.problem}
                  exists={row.exists}
                  replace={replace}
                  result={results.get(row.line)}
                  more={`${size(row.value.length)} ${row.hasReference ? t.hasReference : ''}`}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {sorted.length > mostShown && (
        <Text size="sm" c="dimmed" p="xs">
          {t.more(sorted.length - mostShown)}
        </Text>
      )}
    </div>
  );
}

interface FateProps {
  /** Why it is not taken, without a full stop. */
  readonly problem: string | undefined;
  readonly exists: boolean;
  readonly replace: boolean;
  readonly result: ImportResult | undefined;
  /** Said of one that is taken. */
  readonly more: string;
}

export function Fate({ problem, exists, replace, result, more: said }: FateProps): ReactElement {
  const t = texts.secrets.import;
  const { label, color, more } =
    result !== undefined
      ? 'problem' in result
        ? { label: t.notSaved, color: 'red', more: result.problem }
        : { label: t.saved, color: 'pine', more: '' }
      : problem !== undefined
        ? { label: t.notImported, color: 'red', more: `${problem}.` }
        : exists
          ? { label: replace ? t.replaces : t.keeps, color: 'yellow', more: said }
          : { label: t.isNew, color: 'gray', more: said };
  return (
    <>
      <Badge size="sm" variant="outline" color={color} tt="none" className={styles['mark'] ?? ''}>
        {label}
      </Badge>{' '}
      <Text span size="xs" className="wrap">
        {more}
      </Text>
    </>
  );
}

function rankOf({ line, problem, exists }: ImportRow, results: ReadonlyMap<number, ImportResult>): number {
  const result = results.get(line);
  if (result !== undefined) return 'problem' in result ? 0 : 3;
  return problem !== undefined ? 0 : exists ? 1 : 2;
}
