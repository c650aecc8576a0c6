/** Styles, providers, router: everything that the entry draws. */
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/Button.css';
import './component-styles.ts';
import './styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { inLanguage } from './language/page.tsx';
import { keepFocus } from './parts/keep-focus.ts';
import { queries } from './queries.ts';
import { router } from './router.tsx';
import { theme } from './theme.ts';

// After the first page: what is shown before it has come is kept until then.
const Notices = lazy(async () => ({ default: (await import('./shell/notices.tsx')).Notices }));

const Root = inLanguage(() => (
  <QueryClientProvider client={queries}>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Suspense>
        <Notices />
      </Suspense>
      <RouterProvider router={router} />
    </MantineProvider>
  </QueryClientProvider>
));

export function draw(): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  keepFocus();
  createRoot(root).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  );
}
