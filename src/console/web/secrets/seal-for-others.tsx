/** A button that opens the choice of other clusters, which few need: loaded then. */
import { Button } from '@mantine/core';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { numberText } from '../language/local.ts';
import { texts } from '../texts.ts';
import type { Recipient } from './other-clusters.tsx';

const OtherClusters = lazy(async () => ({ default: (await import('./other-clusters.tsx')).OtherClusters }));

interface SealForOthersProps {
  readonly recipients: readonly Recipient[];
  readonly onChange: (recipients: readonly Recipient[]) => void;
}

export function SealForOthers({ recipients, onChange }: SealForOthersProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div>
      <Button size="compact-sm" variant="subtle" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {texts.sealing.others}
        {recipients.length > 0 && ` (${numberText(recipients.length)})`}
      </Button>
      {isOpen && (
        <Suspense>
          <OtherClusters recipients={recipients} onChange={onChange} />
        </Suspense>
      )}
    </div>
  );
}
