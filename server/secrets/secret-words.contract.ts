// The rules of secrets' names and values that the browser checks as well; without a schema, so that pages stay small.

export const secretNamePattern = /^[A-Z][A-Z0-9_]{0,63}$/;
export const secretNameRule = "Use capital letters, digits and underscores, for example OPENAI_API_KEY.";
export const secretValueBytesMax = 16_384;
/** How many can be set in one act. */
export const secretsAtOnceMax = 100;

export function secretValueBytes(value: string): number {
  return new TextEncoder().encode(value).length;
}
