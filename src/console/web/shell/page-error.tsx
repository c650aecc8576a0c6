/** A page that broke; the frame around it stays. */
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Problem } from '../parts/problem.tsx';
import { texts } from '../texts.ts';

export function PageError({ error, reset }: ErrorComponentProps): ReactElement {
  const router = useRouter();
  return (
    <Problem
      title={texts.states.broken}
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}
