/**
 * A dialog: its buttons stay in sight at the bottom, the focus goes back to where it was, and what was typed is not lost by Esc, by the cross, by a
 * click beside it, by Back or by a reload without a question.
 */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type ReactElement, type ReactNode, type SubmitEvent } from 'react';
import { texts } from '../texts.ts';
import { CreateButton } from './create-button.tsx';
import styles from './dialog.module.css';
import { useReturnFocus } from './return-focus.ts';
import { isElsewhere, never, useUnsaved } from './unsaved.ts';

interface DialogProps {
  readonly title: string;
  readonly size?: number | string;
  readonly onClose: () => void;
  /** Something was typed that would be lost. */
  readonly isChanged?: boolean;
  /** It is being saved, and is so also where somebody goes back meanwhile. */
  readonly isSaving?: boolean;
  /** The dialog is a form then. */
  readonly onSubmit?: (event: SubmitEvent) => void;
  /** Buttons and what belongs beside them. */
  readonly footer?: ReactNode;
  readonly children: ReactNode;
}

export function Dialog(props: DialogProps): ReactElement {
  const { title, size = 'lg', onClose, isChanged = false, isSaving = false, onSubmit, footer, children } = props;
  const [hasAsked, setIsAsking] = useState(false);
  const leaving = useUnsaved(isChanged, isSaving ? never : isElsewhere);
  const isAsking = hasAsked || leaving !== undefined;
  useReturnFocus();
  const discard = leaving?.leave ?? onClose;
  const keep = (): void => {
    setIsAsking(false);
    leaving?.stay();
  };
  const leave = (): void => {
    if (!isChanged) onClose();
    // A second Esc means the question, not the dialog.
    else if (isAsking) keep();
    else setIsAsking(true);
  };
  const content = (
    <>
      {children}
      {(footer !== undefined || isAsking) && (
        <div className={styles['footer']}>
          {isAsking ? <DiscardQuestion onDiscard={discard} onKeep={keep} /> : footer}
        </div>
      )}
    </>
  );
  return (
    <Modal
      opened
      onClose={leave}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
      classNames={{ title: styles['title'] ?? '', body: styles['body'] ?? '' }}
    >
      {onSubmit === undefined ? (
        content
      ) : (
        <form onSubmit={onSubmit} noValidate>
          {content}
        </form>
      )}
    </Modal>
  );
}

interface DiscardQuestionProps {
  readonly onDiscard: () => void;
  readonly onKeep: () => void;
}

export function DiscardQuestion({ onDiscard, onKeep }: DiscardQuestionProps): ReactElement {
  useReturnFocus();
  return (
    <Group justify="space-between" gap="xs" role="alertdialog" aria-label={texts.discard.question}>
      <Text size="sm" fw={600}>
        {texts.discard.question}
      </Text>
      <Group gap="xs">
        <Button color="red" variant="light" onClick={onDiscard}>
          {texts.discard.discard}
        </Button>
        <Button onClick={onKeep} autoFocus>
          {texts.discard.keep}
        </Button>
      </Group>
    </Group>
  );
}

interface QuestionDialogProps {
  readonly title: string;
  /** What happens. */
  readonly sentence: string;
  readonly confirm: string;
  /** Why there is nothing left to ask, in the place of the sentence: what it is about has changed meanwhile. */
  readonly moot?: string | undefined;
  /** It takes nothing away. */
  readonly isHarmless?: boolean;
  readonly isPending?: boolean;
  readonly error?: ReactNode;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

interface FormButtonsProps {
  readonly submit: string;
  /** See `useMayNot`; the form does nothing then. */
  readonly whyNot?: string | undefined;
  readonly isPending: boolean;
  readonly onClose: () => void;
}

/** At the foot of a dialog that is a form: away from it, and what it is for. */
export function FormButtons({ submit, whyNot, isPending, onClose }: FormButtonsProps): ReactElement {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onClose}>
        {texts.actions.cancel}
      </Button>
      <CreateButton type="submit" whyNot={whyNot} loading={isPending}>
        {submit}
      </CreateButton>
    </Group>
  );
}

/** Before something that cannot be undone. */
export function QuestionDialog(props: QuestionDialogProps): ReactElement {
  const { title, sentence, confirm, moot, isHarmless = false, isPending = false, error, onConfirm, onClose } = props;
  return (
    <Dialog
      title={title}
      size="md"
      onClose={onClose}
      footer={
        moot === undefined ? (
          <Group key="question" justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button {...(isHarmless ? {} : { color: 'red' })} loading={isPending} onClick={onConfirm} data-autofocus>
              {confirm}
            </Button>
          </Group>
        ) : (
          // Not the button of before, which would not take the focus.
          <Group key="moot" justify="flex-end">
            <Button onClick={onClose} autoFocus data-autofocus>
              {texts.actions.close}
            </Button>
          </Group>
        )
      }
    >
      <Stack gap="sm">
        <Text size="sm" role="status">
          {moot ?? sentence}
        </Text>
        {moot === undefined && error}
      </Stack>
    </Dialog>
  );
}
