/**
 * Does several things at the same time. The first failure aborts the others, and is thrown when all of them have ended, so that
 * nothing still works on what the caller then removes.
 */
export async function allOrNone(
  works: readonly ((signal: AbortSignal) => Promise<unknown>)[],
  signal?: AbortSignal,
): Promise<void> {
  const abort = new AbortController();
  const either = AbortSignal.any([abort.signal, ...(signal === undefined ? [] : [signal])]);
  let failure: { readonly error: unknown } | undefined;
  await Promise.all(
    works.map((work) =>
      work(either).catch((error: unknown) => {
        failure ??= { error };
        abort.abort();
      }),
    ),
  );
  if (failure !== undefined) throw failure.error;
}
