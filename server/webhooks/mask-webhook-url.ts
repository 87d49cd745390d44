// An address as people see it: where it leads, and of the rest, which may be its receiver's secret, an end to tell it from others.

const endCharacters = 4;
/** Of less than this an end would give too much away. */
const restCharactersMin = 20;

/** Of an address in its whole spelling. */
export function maskWebhookUrl(url: string): string {
  const { origin } = new URL(url);
  const rest = url.slice(origin.length + 1);
  if (rest === "") return url;
  return `${origin}/…${rest.length < restCharactersMin ? "" : rest.slice(-endCharacters)}`;
}
