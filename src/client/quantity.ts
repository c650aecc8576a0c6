/** Amounts as Kubernetes writes them (`250m`, `12345n`, `64Mi`), as numbers. */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** 0 for what is no amount. The API server keeps `cpu: 2` as a number. */
export function quantity(amount: string | number): number {
  const [, number, unit = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(String(amount).trim()) ?? [];
  const value = Number(number) * (factors[unit] ?? Number.NaN);
  return Number.isFinite(value) ? value : 0;
}
