/**
 * Whether one user may have so much of what all users share: at most as much as is left of it. Pure.
 * However many take all that they may, something is left for the next one; and nobody loses what they have.
 */
export function isFairShare(ofUser: number, ofAll: number, most: number): boolean {
  return ofUser <= most - ofAll;
}
