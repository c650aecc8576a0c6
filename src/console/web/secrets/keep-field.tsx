/** How many former values of a secret are kept; empty for the default of the operator. */
import { NumberInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { texts } from '../texts.ts';

interface KeepFieldProps {
  readonly keep: number | undefined;
  readonly onChange: (keep: number | undefined) => void;
  readonly isExplained?: boolean;
}

/** As the CRD has it. */
const mostKept = 20;

export function KeepField({ keep, onChange, isExplained = false }: KeepFieldProps): ReactElement {
  return (
    <NumberInput
      label={texts.sources.keep}
      description={isExplained ? texts.sources.keepHelp : undefined}
      placeholder={texts.sources.keepDefault}
      value={keep ?? ''}
      // Half a number, such as a minus alone, is none.
      onChange={(next) => onChange(next === '' || Number.isNaN(Number(next)) ? undefined : Number(next))}
      min={0}
      max={mostKept}
      clampBehavior="strict"
      allowDecimal={false}
      w={isExplained ? 330 : 170}
      maw="100%"
    />
  );
}
