/** How controllers tell people that something happened. Fire and forget: it never fails and never blocks. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  /** The reason as one word, for programs. */
  readonly reason: string;
  /** What was being done, one word. */
  readonly action: string;
  /** A sentence for people; never holds a value. */
  readonly note: string;
}

export interface Recorder {
  event(regarding: Regarding, text: EventText): void;
}
