/** Numbers with their nouns. */
export const jobCount = (count: number): string => `${String(count)} ${count === 1 ? 'job' : 'jobs'}`;
