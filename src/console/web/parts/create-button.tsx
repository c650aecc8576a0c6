/** A button that makes or changes something, or leads to where that is done. Where the user may not do it, it can be reached, says why, and does nothing. */
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactElement, ReactNode, Ref } from 'react';
import { defined } from '../../../defined.ts';

interface CreateButtonProps extends ButtonProps {
  /** See `useMayNotCreate`. */
  readonly whyNot: string | undefined;
  /** One that submits has a form that does nothing then. */
  readonly type?: 'submit';
  readonly onClick?: () => void;
  readonly renderRoot?: (props: Record<string, unknown>) => ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly 'aria-label'?: string;
  readonly 'aria-expanded'?: boolean;
  readonly 'aria-describedby'?: string;
}

export function CreateButton(props: CreateButtonProps): ReactElement {
  const { whyNot, onClick, renderRoot, 'aria-describedby': describedBy, ...rest } = props;
  // Without what describes it otherwise, which would be said instead. A disabled one could not be reached.
  if (whyNot !== undefined)
    return (
      <Button {...rest} disabled={false} data-disabled aria-disabled aria-description={whyNot} data-tip={whyNot} />
    );
  return <Button {...rest} {...defined({ onClick, renderRoot, 'aria-describedby': describedBy })} />;
}
