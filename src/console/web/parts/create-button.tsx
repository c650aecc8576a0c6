/** A button that makes something, or leads to where it is made. Where the user may not create it, it can be reached, says why, and does nothing. */
import { Button, type ButtonProps } from '@mantine/core';
import type { ReactElement, ReactNode, Ref } from 'react';

interface CreateButtonProps extends ButtonProps {
  /** See `useMayNotCreate`. */
  readonly whyNot: string | undefined;
  readonly onClick?: () => void;
  readonly renderRoot?: (props: Record<string, unknown>) => ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly 'aria-describedby'?: string;
}

export function CreateButton({ whyNot, onClick, renderRoot, ...props }: CreateButtonProps): ReactElement {
  if (whyNot !== undefined)
    return <Button {...props} data-disabled aria-disabled aria-description={whyNot} data-tip={whyNot} />;
  return <Button {...props} {...(onClick === undefined ? {} : { onClick })} {...(renderRoot ? { renderRoot } : {})} />;
}
