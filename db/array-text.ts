// Arrays as PostgreSQL reads them in text: what is sent in bulk is written in one go, rather than value by value.

const escaped = /["\\]/g;

/** Of numbers and of true and false; null stays null. */
export function plainArray(values: readonly (number | boolean | null)[]): string {
  // Joined by itself a null would be left out.
  return `{${values.map((value) => (value === null ? "null" : value)).join(",")}}`;
}

/** Of words, quoted whatever they hold; null stays null. */
export function wordArray(words: readonly (string | null)[]): string {
  return `{${words.map((word) => (word === null ? "null" : `"${word.replaceAll(escaped, "\\$&")}"`)).join(",")}}`;
}
