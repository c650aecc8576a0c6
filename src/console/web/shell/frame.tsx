/** Around every page: where one is, where one can go, whether what one sees is live. */
import { ActionIcon, Anchor, Group, Menu, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, type ReactElement, type ReactNode } from 'react';
import { timeText } from '../language/local.ts';
import { ownership, whileMine } from '../cluster/owner.ts';
import { logOut } from '../cluster/session.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { canListNamespaces, useHome } from '../cluster/use-home.ts';
import { useBulkRuns } from '../parts/bulk-runs.ts';
import { Icon, type IconName } from '../parts/icons.tsx';
import { NotifyItem } from '../notify/notify-item.tsx';
import { useNotifyState } from '../notify/wish.ts';
import { PageKeys } from '../palette/page-keys.tsx';
import { tellNotDone } from '../parts/toast.ts';
import { texts } from '../texts.ts';
import type { Texts } from '../texts/catalogue.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { SharedTooltip } from '../parts/shared-tooltip.tsx';
import { ContextSelect } from './context-select.tsx';
import styles from './frame.module.css';
import { LanguageItems } from './languages.tsx';
import { LiveMark } from './live-mark.tsx';
import { NamespaceSelect } from './namespace-select.tsx';

const pages = [
  { to: '/n/$namespace/dashboard', text: 'dashboard', icon: 'dashboard' },
  { to: '/n/$namespace/jobs', text: 'jobs', icon: 'jobs' },
  { to: '/n/$namespace/schedules', text: 'schedules', icon: 'clock' },
  { to: '/n/$namespace/secrets', text: 'secrets', icon: 'lock' },
] as const satisfies readonly { to: string; text: keyof Texts['nav']; icon: IconName }[];

const BulkStatus = lazy(async () => ({ default: (await import('../parts/bulk-status.tsx')).BulkStatus }));
const Notifier = lazy(async () => ({ default: (await import('../notify/notifier.tsx')).Notifier }));

export function Frame({ children }: { readonly children: ReactNode }): ReactElement {
  const params = useParams({ strict: false });
  const home = useHome();
  const namespace = params.namespace ?? home?.home;
  const { connection } = useCluster();
  const isBulkRunning = useBulkRuns().length > 0;
  const isTelling = useNotifyState() === 'on';
  return (
    <SharedTooltip>
      <div className={styles['frame']}>
        <a className={styles['skip']} href="#main">
          {texts.nav.skip}
        </a>
        <header className={styles['header']}>
          <Anchor renderRoot={(props) => <Link to="/" {...props} />} c="inherit" underline="never" fw={700} fz="lg">
            {texts.app.name}
          </Anchor>
          <ContextSelect />
          {namespace !== undefined && <NamespaceSelect namespace={namespace} visible={home?.visible ?? []} />}
          <div className={styles['space']} />
          <LiveMark />
          <PageKeys namespace={namespace} />
          <ColourSwitch />
          <UserMenu />
        </header>
        <nav className={styles['nav']} aria-label={texts.nav.label}>
          {namespace !== undefined &&
            pages.map(({ to, text, icon }) => (
              <Link key={to} to={to} params={{ namespace }} className={styles['link'] ?? ''}>
                <Icon name={icon} />
                <span>{texts.nav[text]}</span>
              </Link>
            ))}
          {namespace !== undefined && canListNamespaces(home) && (
            <Link to="/n/$namespace/admin" params={{ namespace }} className={styles['link'] ?? ''}>
              <Icon name="admin" />
              <span>{texts.nav.admin}</span>
            </Link>
          )}
        </nav>
        {isTelling && namespace !== undefined && (
          <Suspense>
            <Notifier key={`${connection.context}/${namespace}`} namespace={namespace} />
          </Suspense>
        )}
        <main id="main" className={styles['main']} tabIndex={-1}>
          {isBulkRunning && (
            <Suspense>
              <BulkStatus />
            </Suspense>
          )}
          {children}
        </main>
      </div>
    </SharedTooltip>
  );
}

function ColourSwitch(): ReactElement {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const label = scheme === 'dark' ? texts.app.light : texts.app.dark;
  return (
    <IconButton
      icon={scheme === 'dark' ? 'sun' : 'moon'}
      label={label}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    />
  );
}

function UserMenu(): ReactElement {
  const { session, config } = useCluster();
  const { user, csrf, expiresAt, mode } = session;
  const leave = async (): Promise<void> => {
    try {
      const { logoutUrl } = await whileMine(ownership(), () => logOut(csrf));
      // A whole new page: nothing of the former user stays in memory.
      location.assign(logoutUrl !== undefined && /^https?:\/\//.test(logoutUrl) ? logoutUrl : '/');
    } catch (error) {
      tellNotDone(() => texts.login.notOut, error, { autoClose: false });
    }
  };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.app.userMenu(user.name)}>
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {/* A menu has no paragraphs. */}
        <Group px="sm" py="xs" gap={2} role="presentation">
          <Text component="div" fw={600} className="wrap">
            {user.name}
          </Text>
          {expiresAt !== undefined && (
            <Text component="div" size="xs" c="dimmed" w="100%">
              {texts.login.until(timeText(expiresAt))}
            </Text>
          )}
          <Text component="div" size="xs" c="dimmed" w="100%">
            {texts.app.version(config.version)}
          </Text>
        </Group>
        <Menu.Divider />
        <LanguageItems />
        <Menu.Divider />
        <NotifyItem />
        <Menu.Divider />
        <Menu.Item onClick={() => void leave()}>{mode === 'local' ? texts.login.end : texts.login.out}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
