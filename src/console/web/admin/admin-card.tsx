/** A card of the administration: its content, or the right that is missing; and tables that scroll inside it. */
import { Card, ScrollArea, Skeleton, Table, Text, Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { InlineProblem } from '../parts/problem.tsx';
import { texts } from '../texts.ts';
import styles from './admin.module.css';
import { mostObjects, type Listed } from './list-all.ts';
import type { Reading } from './use-reading.ts';

interface AdminCardProps {
  readonly title: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

export function AdminCard({ title, isWide = false, children }: AdminCardProps): ReactElement {
  return (
    <Card withBorder component="section" aria-label={title} className={isWide ? (styles['wide'] ?? '') : ''}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </Card>
  );
}

interface ReadProps<T> {
  readonly reading: Reading<T>;
  /** The right that the reading needs, in the words of RBAC. */
  readonly right: string;
  readonly children: (value: T) => ReactNode;
}

export function Read<T>({ reading, right, children }: ReadProps<T>): ReactNode {
  switch (reading.kind) {
    case 'loading':
      return <Skeleton height={60} />;
    case 'read':
      return children(reading.value);
    case 'refused':
      return <Sentence text={texts.admin.missing(right)} />;
    case 'absent':
      return <Sentence text={texts.admin.absent} />;
    case 'failed':
      return <InlineProblem error={reading.error} />;
    default:
      reading satisfies never;
      throw new TypeError('unknown kind');
  }
}

export function Sentence({ text }: { readonly text: string }): ReactElement {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  );
}

/** How much was read, where that is not all. */
export function Extent({ listed: { count, isPart, isCut } }: { readonly listed: Listed<unknown> }): ReactNode {
  if (isPart) return <Sentence text={texts.admin.reading(count)} />;
  return isCut ? <Sentence text={texts.admin.more(mostObjects)} /> : null;
}

interface RowsProps {
  readonly label: string;
  readonly header: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

/** Rows that a table draws; the browser stays quick. */
const mostRows = 200;

export function Rows({ label, header, rows }: RowsProps): ReactElement {
  return (
    <ScrollArea.Autosize mah="24rem" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': label }}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {header.map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, mostRows).map(({ key, cells }) => (
            <Table.Tr key={key}>
              {cells.map((cell, index) => (
                <Table.Td key={header[index] ?? ''} className="wrap">
                  {cell === '' ? '–' : cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > mostRows && <Sentence text={texts.admin.moreRows(mostRows)} />}
    </ScrollArea.Autosize>
  );
}
