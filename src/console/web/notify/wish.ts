/**
 * Whether notifications are on: what was chosen in this browser, and what the browser allows. The browser keeps one word, for all
 * users and namespaces of this console: no name. A browser that keeps nothing, as some private windows, has them on until the page is left.
 */
import { useSyncExternalStore } from 'react';

const savedAs = 'neuro-notifications';
const on = 'on';
const listeners = new Set<() => void>();
/** What was chosen, where the browser refuses its storage. */
let unsaved: string | undefined;
/** There is a permission, yet pages may show none: browsers of telephones leave that to service workers. */
let isRefused = false;

/** `blocked`: the browser says no, and only its own settings change that. */
export type NotifyState = 'on' | 'off' | 'blocked' | 'unsupported';

export function useNotifyState(): NotifyState {
  return useSyncExternalStore(subscribe, stateNow);
}

/**
 * The browser asks its user, if it has not yet. Resolves with what holds then: `off` where the question was left without an answer.
 * `greeting` is shown as the first notification, since nothing else says whether a page can show one.
 */
export async function turn(isOn: boolean, greeting: string): Promise<NotifyState> {
  if (isOn && isSupported()) await Notification.requestPermission().catch(() => undefined);
  const isAllowed = isOn && isSupported() && Notification.permission === 'granted';
  save(isAllowed && showNotification(greeting, { tag: savedAs }) !== undefined ? on : undefined);
  tellListeners();
  return stateNow();
}

/** Undefined where the page may show none; they are off from then on. */
export function showNotification(title: string, options: NotificationOptions): Notification | undefined {
  try {
    return new Notification(title, { ...options, lang: document.documentElement.lang });
  } catch {
    isRefused = true;
    tellListeners();
    return undefined;
  }
}

function tellListeners(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Chosen in another tab.
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

function stateNow(): NotifyState {
  if (isRefused || !isSupported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'blocked';
  return Notification.permission === 'granted' && saved() === on ? 'on' : 'off';
}

/** Both need https or localhost. */
function isSupported(): boolean {
  return 'Notification' in window && 'locks' in navigator;
}

function saved(): string | null {
  try {
    return localStorage.getItem(savedAs) ?? unsaved ?? null;
  } catch {
    return unsaved ?? null;
  }
}

function save(text: string | undefined): void {
  unsaved = undefined;
  try {
    if (text === undefined) localStorage.removeItem(savedAs);
    else localStorage.setItem(savedAs, text);
  } catch {
    unsaved = text;
  }
}
