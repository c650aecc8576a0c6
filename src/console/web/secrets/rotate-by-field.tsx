/** The field for the day by which somebody wants to give a secret a new value. */
import { TextInput } from '@mantine/core';
import { useState, type ReactElement, type SyntheticEvent } from 'react';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { defined } from '../../../defined.ts';
import { texts } from '../texts.ts';
import { rotateByProblem, type RotateByDraft } from './rotate-by.ts';

interface RotateByFieldProps {
  readonly draft: RotateByDraft;
  readonly onChange: (draft: RotateByDraft) => void;
  readonly before?: string;
  readonly isExplained?: boolean;
  /** Saving was tried, so what is missing is said at once. */
  readonly isTried?: boolean;
}

export function RotateByField({
  draft,
  onChange,
  before = '',
  isExplained = false,
  isTried = false,
}: RotateByFieldProps): ReactElement {
  const [isTyping, setIsTyping] = useState(false);
  // A date that lacks a part is no change for React, so the field is read after each key too.
  const read = ({ currentTarget: { value, validity } }: SyntheticEvent<HTMLInputElement>): void => {
    const next = { day: value, isUnfinished: validity.badInput };
    if (next.day !== draft.day || next.isUnfinished !== draft.isUnfinished) onChange(next);
  };
  const isBeingTyped = isTyping && draft.isUnfinished && !isTried;
  return (
    <TextInput
      type="date"
      label={texts.secrets.rotateBy}
      {...defined({ description: isExplained ? texts.secrets.rotateByHelp : undefined })}
      {...(isExplained ? { w: 330, maw: '100%' } : {})}
      value={draft.day}
      error={isBeingTyped ? undefined : rotateByProblem(draft, before, clusterNow())}
      onChange={read}
      onKeyUp={(event) => {
        if (event.key !== 'Enter') setIsTyping(true);
        read(event);
      }}
      // Not while a button is pressed to save: a line that comes would move it away from the pointer.
      onBlur={(event) => {
        const { relatedTarget: next } = event;
        if (!(next instanceof HTMLButtonElement && next.type === 'submit')) setIsTyping(false);
        read(event);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') setIsTyping(false);
      }}
    />
  );
}
