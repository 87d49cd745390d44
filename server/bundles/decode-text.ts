// Tells text from everything else.

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The text of a file, or null when it is none: not UTF-8, or with a NUL in it (which no editor would show). */
export function decodeText(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
