// The one number of signing secrets that the browser needs, free of everything else.

/** So many of one key count at once: enough to rotate without a gap. */
export const signingSecretsMax = 5;
