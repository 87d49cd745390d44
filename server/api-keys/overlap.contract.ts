// How long an old key may work on beside the one that replaces it; without a schema, so the browser gets it without zod.

export const overlapHours = [0, 1, 24, 168] as const;
