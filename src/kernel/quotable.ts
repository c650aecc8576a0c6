/**
 * The parts of an API server's error message that can be shown for confidential objects: who refused or failed, never what was sent. The
 * whole message may quote the object, and what a webhook or policy says about it can be any text.
 */
const patterns: readonly RegExp[] = [
  /failed calling webhook "[\w.:/-]{1,253}"/,
  /(?:service "[\w.:/-]{1,253}" not found|no endpoints available for service "[\w.:/-]{1,253}"|connection refused|context deadline exceeded)/,
  /admission webhook "[\w.:/-]{1,253}" denied the request/,
  /ValidatingAdmissionPolicy '[\w.:/-]{1,253}' with binding '[\w.:/-]{1,253}' denied request/,
  /exceeded quota: [\w.-]{1,253}(?:, (?:requested|used|limited): [\w./=-]{1,100}(?:,[\w./=-]{1,100}){0,9}){1,3}/,
  /namespaces "[\w-]{1,63}" not found/,
  /unable to create new content in namespace [\w-]{1,63} because it is being terminated/,
  /cannot \w{1,32} resource "[\w./-]{1,253}"/,
];

/** The known harmless parts of the message, joined; empty where there are none. */
export function quotable(sentence: string): string {
  return patterns.flatMap((pattern) => pattern.exec(sentence)?.[0] ?? []).join(': ');
}
