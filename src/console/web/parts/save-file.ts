/** Offers bytes as a file, by way of the browser's own memory. */
export function saveFile(name: string, parts: readonly (Uint8Array | string)[]): void {
  const blob = new Blob(
    parts.map((part) => (typeof part === 'string' ? part : new Uint8Array(part))),
    { type: 'application/octet-stream' },
  );
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
