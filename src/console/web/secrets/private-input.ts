/** Attributes of a field for a value: no browser and no password manager completes, corrects, checks or keeps what is typed. */
export const privateInput = {
  spellCheck: false,
  autoComplete: 'off',
  autoCorrect: 'off',
  autoCapitalize: 'off',
  'data-1p-ignore': true,
  'data-lpignore': 'true',
} as const;
