/** By which column a list is sorted, and which way. */
export interface Sorting<By extends string> {
  readonly by: By;
  readonly isDescending: boolean;
}
