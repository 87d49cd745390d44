// The words of an error for a monitor outside of the house: without credentials, addresses of people and machines, or what somebody sent in.
import { isIP } from "node:net";
import { redactText } from "~/server/redaction/redact-text";

const charactersMax = 1_000;
const mailAddress = /[^\s<>"'`(),;:@]{1,64}@[^\s<>"'`(),;:@]{1,253}/g;
const maybeNetworkAddress = /[0-9a-f:.]{3,45}/gi;
/** Parsers of JSON and PostgreSQL repeat what they could not read, with whatever quotes are in it. */
const unread = /"[\s\S]*"(?=(?:\.{3})? is not valid JSON)|(?<=: )"[\s\S]*$/g;
const quoted = /"[^"]*(?:"|$)/g;
/** Names of our schema and code have a joint; a word of a person mostly has none. */
const name = /^"\w+[_.:/-][\w.:/-]+"$/;
const inTheirPlace = '"[text]"';

export function plainWords(text: string): string {
  return redactText(text)
    .slice(0, charactersMax)
    .replace(unread, inTheirPlace)
    .replace(quoted, (words) => (name.test(words) ? words : inTheirPlace))
    .replace(mailAddress, "[mail address]")
    .replace(maybeNetworkAddress, (found) => (isIP(found.replace(/[.:]$/, "")) === 0 ? found : "[address]"));
}
