// Sends a message to an incoming webhook of Slack, and understands the one word that Slack refuses it with (MISSION G7).
import { type SlackWord, slackWords } from "~/db/tables/webhooks";
import type { GuardedAnswer } from "~/server/net/fetch-guarded";
import { GuardedFetchError } from "~/server/net/guarded-fetch-error";
import type { Network } from "~/server/net/network";
import { postEvent, type Sent } from "./post-event";
import type { SlackMessage } from "./slack-message";

/** `no_service`, `channel_not_found` and `channel_is_archived` come with these: no try makes them better. */
const goneStatuses: readonly number[] = [404, 410];

/** Never rejects for what Slack does. Nothing is signed: who knows the address may write to the channel. */
export function sendToSlack(network: Network, url: URL, of: { message: SlackMessage; at: Date }): Promise<Sent> {
  return postEvent(network, url, {
    headers: {},
    body: JSON.stringify(of.message),
    at: of.at,
    judge: async (answer) => ({ answeredWord: await readWord(answer), isGone: goneStatuses.includes(answer.status) }),
  });
}

/** Null for anything but a word that Slack documents: what a stranger writes is not kept. */
async function readWord(answer: GuardedAnswer): Promise<SlackWord | null> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of answer.body) pieces.push(piece);
  } catch (thrown) {
    if (!(thrown instanceof GuardedFetchError)) throw thrown;
    return null;
  }
  const said = Buffer.concat(pieces).toString().trim();
  return slackWords.find((word) => word === said) ?? null;
}
