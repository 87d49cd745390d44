// How long the name of a passkey may be; without a schema, so the browser gets it without zod.

export const passkeyNameCharactersMax = 60;
