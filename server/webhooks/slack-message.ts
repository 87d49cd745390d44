// An event as a message of Slack: what notifications say, and the blocks that the channel shows (MISSION G7).
import type { ContextBlock, HeaderBlock, MrkdwnElement, SectionBlock } from "@slack/types";
import { type EventFacts, readEventPayload } from "./event-payload";
import { type SlackSaid, sayInSlack } from "./say-in-slack";
import { clip, escapeSlack } from "./slack-text";

export type SlackMessage = {
  text: string;
  blocks: [HeaderBlock, SectionBlock, ContextBlock];
  /** Slack shall not fetch the page that is linked: it is for members. */
  unfurl_links: false;
  unfurl_media: false;
};

export type SlackPlace = { publicUrl: URL; workspaceId: string; workspaceName: string };

/** Slack's limit of a header; https://docs.slack.dev/reference/block-kit/blocks/header-block */
const headerCharactersMax = 150;
/** Before they are escaped, five characters for one at worst: no block grows over Slack's 3,000, nor the text over its 4,000. */
const wordsCharactersMax = 300;

export function slackMessage(payload: string, { publicUrl, workspaceId, workspaceName }: SlackPlace): SlackMessage {
  const event = readEventPayload(payload);
  const said = sayInSlack(event, `/w/${encodeURIComponent(workspaceId)}`);
  const title = clip(`${said.mark} ${said.title}`, headerCharactersMax);
  const about = escapeSlack(clip(said.about, wordsCharactersMax));
  const place = escapeSlack(clip(workspaceName, wordsCharactersMax));
  const link = `*<${new URL(said.link.page, publicUrl).href}|${escapeSlack(said.link.label)}>*`;
  return {
    text: `${escapeSlack(title)} (${place}). ${about}`.trim(),
    blocks: [
      { type: "header", text: { type: "plain_text", text: title, emoji: false } },
      // No button: Slack expects whoever sends one to answer its clicks, and warns each reader where nobody does.
      { type: "section", text: marked(`${about}\n${link}`.trim()) },
      { type: "context", elements: [marked(`${place} · ${whenOf(event, said)}`)] },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** `verbatim`: words that look like a channel, a person or an address stay words. */
function marked(text: string): MrkdwnElement {
  return { type: "mrkdwn", text, verbatim: true };
}

function whenOf({ at, facts }: { at: Date; facts: EventFacts }, { when }: SlackSaid): string {
  const began = new Date(facts["raisedAt"] ?? Number.NaN);
  if (!Number.isNaN(began.getTime())) return `from ${momentOf(began)} to ${momentOf(at)}`;
  return `${when === "since" ? "since " : ""}${momentOf(at)}`;
}

/** In the time of whoever reads it, and in UTC where it cannot be shown so. */
function momentOf(at: Date): string {
  const fallback = `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `<!date^${Math.floor(at.getTime() / 1_000)}^{date_short_pretty}, {time}|${fallback}>`;
}
