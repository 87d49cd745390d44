// Whether a text is JSON: half an object, and half a string, is not.

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
