/** Limits how many places are taken at a time; who asked first is served first. One that wants more than there are gets all of them. */
export function inTurn(places: number): <T>(wanted: number, work: () => Promise<T>) => Promise<T> {
  const waiting: { readonly count: number; readonly begin: () => void }[] = [];
  let free = places;
  const serve = (): void => {
    for (let next = waiting[0]; next !== undefined && next.count <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.count;
      next.begin();
    }
  };
  return async (wanted, work) => {
    const count = Math.min(wanted, places);
    const begun = new Promise<void>((begin) => waiting.push({ count, begin }));
    serve();
    await begun;
    try {
      return await work();
    } finally {
      free += count;
      serve();
    }
  };
}
