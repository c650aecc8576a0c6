/** Keys that work on every page: Ctrl-K and `?`. What they open comes when it is first asked for. */
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { loadPageTexts } from '../language/language.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { usePageKeys } from '../parts/use-page-keys.ts';
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
  usePageKeys([['mod+K', () => setOpen('palette')]], true);
  usePageKeys([
    ['shift+?', () => setOpen('shortcuts'), { usePhysicalKeys: false }],
    ['?', () => setOpen('shortcuts')],
  ]);
  return (
    <>
      {namespace !== undefined && (
        <IconButton icon="search" label={texts.opening.palette} visibleFrom="xs" onClick={() => setOpen('palette')} />
      )}
      <IconButton icon="help" label={texts.opening.shortcuts} visibleFrom="sm" onClick={() => setOpen('shortcuts')} />
      <Suspense>
        {open === 'palette' && namespace !== undefined && <Palette namespace={namespace} onClose={close} />}
        {open === 'shortcuts' && <Shortcuts onClose={close} />}
      </Suspense>
    </>
  );
}
