/** A button that is a picture; its name is in the tooltip and for screen readers. */
import { ActionIcon, type ActionIconProps } from '@mantine/core';
import type { ReactElement, Ref } from 'react';
import { Icon, type IconName } from './icons.tsx';

interface IconButtonProps extends ActionIconProps {
  readonly icon: IconName;
  readonly label: string;
  readonly iconSize?: number;
  readonly autoFocus?: boolean;
  readonly onClick?: () => void;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly 'aria-expanded'?: boolean;
  readonly 'aria-pressed'?: boolean;
  readonly 'aria-haspopup'?: 'menu';
}

export function IconButton({ icon, label, iconSize = 18, ...rest }: IconButtonProps): ReactElement {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} data-tip={label} {...rest}>
      <Icon name={icon} size={iconSize} />
    </ActionIcon>
  );
}
