/** What the address of the list of jobs holds. */
export interface JobsSearch {
  readonly q?: string;
  readonly phase?: string;
  readonly since?: string;
}
