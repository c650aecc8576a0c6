/** A button that is a picture; its name is in the tooltip and for screen readers. */
import { ActionIcon, type ActionIconProps } from '@mantine/core';
import type { ReactElement, Ref } from 'react';
import { defined } from '../../../defined.ts';
import { Icon, type IconName } from './icons.tsx';

interface IconButtonProps extends ActionIconProps {
  readonly icon: IconName;
  readonly label: string;
  readonly iconSize?: number;
  readonly autoFocus?: boolean;
  /** See `useMayNot`: it can be reached, says why, and does nothing. */
  readonly whyNot?: string | undefined;
  readonly onClick?: () => void;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly 'aria-expanded'?: boolean;
  readonly 'aria-pressed'?: boolean;
  readonly 'aria-haspopup'?: 'menu';
}

export function IconButton({ icon, label, iconSize = 18, whyNot, onClick, ...rest }: IconButtonProps): ReactElement {
  const refused =
    whyNot === undefined
      ? defined({ onClick })
      : { 'data-disabled': true, 'aria-disabled': true, 'aria-description': whyNot, 'data-tip': whyNot };
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} data-tip={label} {...rest} {...refused}>
      <Icon name={icon} size={iconSize} />
    </ActionIcon>
  );
}
