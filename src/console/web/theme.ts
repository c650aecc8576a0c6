/** The look: one colour of our own, the rest is the library's. */
import { createTheme, type MantineColorsTuple } from '@mantine/core';
import { texts } from './texts.ts';

const pine: MantineColorsTuple = [
  '#eef8f4',
  '#dcede6',
  '#b5dccb',
  '#8acaae',
  '#67bb96',
  '#50b186',
  '#3f9d75',
  '#2a7d5b',
  '#1f6a4c',
  '#0e543a',
];

/** A dialog's head is no banner of the page. */
const plainHeader = { attributes: { header: { role: 'presentation' } } };

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  colors: { pine },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Helvetica, Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  components: {
    // The focus goes to the first item; an element that only takes the focus is no item.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Modal: {
      defaultProps: { centered: false, overlayProps: { backgroundOpacity: 0.45 }, returnFocus: true, ...plainHeader },
    },
    Drawer: { defaultProps: plainHeader },
    // A function, since the language can change.
    Notification: { defaultProps: () => ({ closeButtonProps: { 'aria-label': texts.actions.close } }) },
  },
});
