/** Facts about one object: a title and a value in each row. Rows without a value are left out. */
import { Table } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

export type Fact = readonly [title: string, value: ReactNode];

/** Pixels; a long word of a German title fits. */
const titleWidth = 150;

export function Facts({ rows }: { readonly rows: readonly Fact[] }): ReactElement {
  return (
    <Table variant="vertical" layout="fixed">
      <Table.Tbody>
        {rows
          .filter(([, value]) => value !== undefined && value !== '')
          .map(([title, value]) => (
            <Table.Tr key={title}>
              <Table.Th w={titleWidth} scope="row" style={{ verticalAlign: 'top' }}>
                {title}
              </Table.Th>
              <Table.Td className="wrap" style={{ whiteSpace: 'pre-wrap' }}>
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}
