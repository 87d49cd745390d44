// Judges the address of a webhook by its letters alone: https, a name that others can look up, nothing secret before the host (MISSION I4).
import { isIP } from "node:net";
import { invalidField } from "~/server/errors";

/** Names that lead nowhere in public, whatever a resolver of ours says of them. */
const innerNames = /(^|\.)(localhost|local|internal|lan|home|corp|intranet|arpa)$/;
const publicName = /^(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/** Of an address in its whole spelling: what is not ASCII takes up to nine characters there. */
const urlCharactersMax = 500;

/** `host` is with its port, when that is not 443. Throws `INVALID_REQUEST` at the field `url`. */
export function parseWebhookUrl(text: string): { url: string; host: string } {
  if (!URL.canParse(text)) throw refused("Write a whole address, such as https://hooks.example.com/webhost.");
  const url = new URL(text);
  if (url.protocol !== "https:") throw refused("The address must begin with https://.");
  if (url.username !== "" || url.password !== "") {
    throw refused("Leave out the name and password before the host: the signature proves who sends.");
  }
  if (url.hash !== "") throw refused("Leave out what follows #: it is never sent.");
  assertPublicName("url", url.hostname);
  if (url.href.length > urlCharactersMax) throw refused(`The address is too long: ${urlCharactersMax} characters are taken.`);
  return { url: url.href, host: url.host };
}

/** As a person writes it: `hooks.example.com`, with `:8443` where it is not 443. Throws `INVALID_REQUEST` at the field `host`. */
export function parseWebhookHost(text: string): string {
  const whole = `https://${text}/`;
  if (!/^[^/?#@\\\s]+$/.test(text) || !URL.canParse(whole)) {
    throw invalidField("host", "Write the host alone, such as hooks.example.com.", "webhook_host_refused");
  }
  const url = new URL(whole);
  assertPublicName("host", url.hostname);
  return url.host;
}

function assertPublicName(field: string, name: string): void {
  if (isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0) {
    throw invalidField(field, "Write a name instead of an address of numbers.", "webhook_host_refused");
  }
  if (!publicName.test(name) || innerNames.test(name)) {
    throw invalidField(field, `${name} is no name that is known in public.`, "webhook_host_refused");
  }
}

function refused(message: string) {
  return invalidField("url", message, "webhook_url_refused");
}
