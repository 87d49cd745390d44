// Judges the address of an incoming webhook of Slack by its letters alone: a host of Slack's own, and a path as Slack gives out (MISSION G7, I4).
import { invalidField } from "~/server/errors";

/** The team, the app's place in it, and the secret: https://api.slack.com/messaging/webhooks */
const incomingPath = /^\/services\/T[A-Z0-9]{1,30}\/B[A-Z0-9]{1,30}\/[A-Za-z0-9]{8,80}$/;
const shape = "https://hooks.slack.com/services/T…/B…/…";

/** Throws `INVALID_REQUEST` at the field `url`, in words that never repeat the address: all of it is a secret. */
export function parseSlackUrl(text: string, slackHosts: readonly string[]): { url: string; host: string } {
  if (!URL.canParse(text)) throw refused(`Copy the whole address from Slack. It reads ${shape}`);
  const url = new URL(text);
  if (url.protocol !== "https:" || !slackHosts.includes(url.host)) {
    throw refused(`That is no address of Slack. The address of an incoming webhook reads ${shape}`);
  }
  if (/^\/(workflows|triggers)\//.test(url.pathname)) {
    throw refused("That address starts a workflow of Slack. Make an incoming webhook in Slack, and copy its address.");
  }
  if (!isIncoming(url)) throw refused(`Copy the whole address from Slack, and nothing else. It reads ${shape}`);
  return { url: url.href, host: url.host };
}

/** Whether an address is one that only messages to Slack should go to. */
export function isSlackUrl(url: URL, slackHosts: readonly string[]): boolean {
  return slackHosts.includes(url.host) && isIncoming(url);
}

function isIncoming({ pathname, search, hash, username, password }: URL): boolean {
  return incomingPath.test(pathname) && `${search}${hash}${username}${password}` === "";
}

function refused(message: string) {
  return invalidField("url", message, "slack_url_refused");
}
