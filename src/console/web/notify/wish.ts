/**
 * Whether notifications are on: what was chosen in this browser, and what the browser allows. The browser keeps one word, for all
 * users and namespaces of this console: no name.
 */
import { useSyncExternalStore } from 'react';

const savedAs = 'neuro-notifications';
const on = 'on';
const listeners = new Set<() => void>();

/** `blocked`: the browser says no, and only its own settings change that. */
type NotifyState = 'on' | 'off' | 'blocked' | 'unsupported';

export function useNotifyState(): NotifyState {
  return useSyncExternalStore(subscribe, stateNow);
}

/** The browser asks its user, if it has not yet. Resolves with what holds then. */
export async function turn(isOn: boolean): Promise<NotifyState> {
  if (isOn && isSupported()) await Notification.requestPermission();
  if (isOn && stateNow() !== 'blocked') save(on);
  else save(undefined);
  for (const listener of listeners) listener();
  return stateNow();
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
  if (!isSupported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'blocked';
  return Notification.permission === 'granted' && saved() === on ? 'on' : 'off';
}

/** Both need https or localhost. */
function isSupported(): boolean {
  return 'Notification' in window && 'locks' in navigator;
}

/** A browser may refuse its storage. */
function saved(): string | null {
  try {
    return localStorage.getItem(savedAs);
  } catch {
    return null;
  }
}

function save(text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(savedAs);
    else localStorage.setItem(savedAs, text);
  } catch {
    // Notifications stay off then.
  }
}
