/** Whether a text is an amount that a container can ask for, as Kubernetes writes it: `250m`, `1`, `1.5Gi`, `1e3`. Pure. */
const amount = /^\+?(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3})?$/;

export function isQuantity(text: string): boolean {
  return amount.test(text);
}
