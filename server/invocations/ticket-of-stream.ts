// The name under which a caller comes back to a stream: it says where the stream is and was given to one caller for one agent, which nobody
// can forge and no gateway has to remember (MISSION A2, E8).
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { newUlid } from "~/runtime/contract/new-ulid";
import type { Config } from "~/server/config";

/** Whose it is. All of it comes from the request's proof and address, never from the ticket. */
export type TicketHolder = { agentId: string; workspaceId: string; principal: string };
export type StreamPlace = { streamId: string; deploymentId: string };

type TicketConfig = Pick<Config, "sessionSecret">;

/** As long as a runtime keeps what a stream said. */
export const ticketMs = 15 * 60_000;
const macCharacters = 43;
const ulid = "[0-9A-HJKMNP-TV-Z]{26}";
const ticketPattern = new RegExp(`^(str_${ulid})\\.(${ulid})\\.([0-9a-z]{1,10})\\.([A-Za-z0-9_-]{${macCharacters}})$`);
const deploymentPrefix = "dep_";

export function issueTicket(
  config: TicketConfig,
  of: { deploymentId: string; holder: TicketHolder; now: Date },
): { ticket: string; streamId: string } {
  const { deploymentId, holder, now } = of;
  const streamId = `str_${newUlid()}`;
  const until = (now.getTime() + ticketMs).toString(36);
  const said = [streamId, deploymentId.slice(deploymentPrefix.length), until].join(".");
  return { streamId, ticket: `${said}.${macOf(config, said, holder).toString()}` };
}

/** Null for one that was not given to this caller for this agent, and for one whose time is over. */
export function readTicket(
  config: TicketConfig,
  ticket: string,
  { holder, now }: { holder: TicketHolder; now: Date },
): StreamPlace | null {
  const [, streamId = "", deployment = "", until = "", mac = ""] = ticketPattern.exec(ticket) ?? [];
  const expected = macOf(config, [streamId, deployment, until].join("."), holder);
  // As it is spelled: the last letter has two bits that no byte of the code takes, and one ticket is one name.
  const said = Buffer.from(mac);
  if (said.length !== expected.length || !timingSafeEqual(said, expected)) return null;
  if (Number.parseInt(until, 36) < now.getTime()) return null;
  return { streamId, deploymentId: `${deploymentPrefix}${deployment}` };
}

function macOf({ sessionSecret }: TicketConfig, said: string, { agentId, workspaceId, principal }: TicketHolder): Buffer {
  const key = Buffer.from(hkdfSync("sha256", sessionSecret, "", "whs.stream-ticket.v1", 32));
  const mac = createHmac("sha256", key).update([said, workspaceId, agentId, principal].join("\n"));
  return Buffer.from(mac.digest("base64url"));
}
