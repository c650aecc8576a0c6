/**
 * Saves the rows of a form one by one, and keeps what became of each. When all are saved, it says so and closes the form. If the form was closed before,
 * it says what was saved by then, because no row can show it.
 */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { tellDone } from '../parts/toast.ts';
import { useIsHere } from '../parts/use-is-here.ts';
import { useLeaving } from '../parts/use-leaving.ts';
import { tellEnd, type ImportResult } from './import-save.ts';

type Results = ReadonlyMap<number, ImportResult>;
const noResults: Results = new Map();

interface RowSaving<Row> {
  /** Saves rows until `signal` is aborted, and reports each by its line. Throws nothing. */
  readonly save: (
    rows: readonly Row[],
    onResult: (line: number, result: ImportResult) => void,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly done: (count: number) => string;
  /** With the names of the objects that were saved. */
  readonly onClose: (saved: readonly string[]) => void;
}

interface SavedRows<Row> {
  readonly results: Results;
  /** Names of the objects that were saved. */
  readonly saved: readonly string[];
  readonly isPending: boolean;
  readonly isSaved: (line: number) => boolean;
  readonly save: (rows: readonly Row[]) => void;
  /** For other rows: forgets the results. */
  readonly forget: () => void;
}

export function useRowSaving<Row>({ save, done, onClose }: RowSaving<Row>): SavedRows<Row> {
  const [results, setResults] = useState(noResults);
  const isHere = useIsHere();
  const leaving = useLeaving();
  const saved = namesIn([...results.values()]);
  const { mutate, isPending } = useMutation({
    mutationFn: async (rows: readonly Row[]) => {
      let all = results;
      await save(rows, (line, result) => setResults((all = new Map(all).set(line, result))), leaving());
      return { all: [...all.values()], asked: saved.length + rows.length };
    },
    onSuccess: ({ all, asked }) => {
      if (!isHere.current) {
        tellEnd(all, asked);
        return;
      }
      if (all.some((result) => 'problem' in result)) return;
      tellDone(() => done(all.length));
      onClose(namesIn(all));
    },
  });
  return {
    results,
    saved,
    isPending,
    isSaved: (line) => results.has(line) && !('problem' in (results.get(line) ?? {})),
    save: (rows) => mutate(rows),
    forget: () => setResults(noResults),
  };
}

function namesIn(results: readonly ImportResult[]): readonly string[] {
  return results.flatMap((result) => ('problem' in result ? [] : [result.name]));
}
