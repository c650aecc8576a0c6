/** Keys that work on every page: Ctrl-K and `?`. What they open comes when it is first asked for. */
import { useHotkeys } from '@mantine/hooks';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { loadPageTexts } from '../language/language.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { texts } from '../texts.ts';

const Palette = lazy(async () => {
  const [{ Palette }] = await Promise.all([import('./palette.tsx'), loadPageTexts()]);
  return { default: Palette };
});
const Shortcuts = lazy(async () => {
  const [{ Shortcuts }] = await Promise.all([import('./shortcuts.tsx'), loadPageTexts()]);
  return { default: Shortcuts };
});

export function PageKeys({ namespace }: { readonly namespace: string | undefined }): ReactElement {
  const [open, setOpen] = useState<'palette' | 'shortcuts'>();
  const close = (): void => setOpen(undefined);
  const ask = (what: 'palette' | 'shortcuts'): void => {
    // A dialog holds what was typed: it is not left by a key.
    if (document.querySelector('[role=dialog]') === null) setOpen(what);
  };
  useHotkeys([['mod+K', () => ask('palette')]], []);
  useHotkeys([
    ['shift+?', () => ask('shortcuts'), { usePhysicalKeys: false }],
    ['?', () => ask('shortcuts')],
  ]);
  return (
    <>
      {namespace !== undefined && (
        <IconButton icon="search" label={texts.opening.palette} visibleFrom="xs" onClick={() => ask('palette')} />
      )}
      <IconButton icon="help" label={texts.opening.shortcuts} visibleFrom="sm" onClick={() => ask('shortcuts')} />
      <Suspense>
        {open === 'palette' && namespace !== undefined && <Palette namespace={namespace} onClose={close} />}
        {open === 'shortcuts' && <Shortcuts onClose={close} />}
      </Suspense>
    </>
  );
}
