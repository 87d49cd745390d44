// What Slack answers at the address of an incoming webhook, as strict as its documents: for a receiver of tests.
import type { Answer, Received } from "./webhook-receiver";

type Text = { type: string; text: string; verbatim?: boolean };
type Block = { type: string; text?: Text; elements?: Text[] };

/** Signs of Slack's own that a message may hold; any other `<` or `&` is text that nobody escaped. */
const ownSigns = /<https?:\/\/[^|<>]+\|[^<>]+>|<!date\^\d+\^[^|<>]+\|[^<>]+>|&(?:amp|lt|gt);/g;

export function answerAsSlack({ path, headers, body }: Received): Answer {
  if (!/^\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+$/.test(path)) return { status: 404, body: "no_team" };
  const problem = headers["content-type"] === "application/json" ? problemOf(body) : "invalid_payload";
  return problem === null ? { status: 200, body: "ok" } : { status: 400, body: problem };
}

/** Where the message is for those who read a notification, and what the channel shows. */
export function readMessage(received: Received | undefined): { text: string; shown: string[] } {
  const { text, blocks } = JSON.parse(received?.body ?? "") as { text: string; blocks: Block[] };
  return { text, shown: blocks.flatMap((block) => textsOf(block).map((one) => one.text)) };
}

function problemOf(body: string): string | null {
  let message: { text?: unknown; blocks?: Block[] };
  try {
    message = JSON.parse(body);
  } catch {
    return "invalid_payload";
  }
  if (typeof message.text !== "string" || message.text === "") return "no_text";
  if (message.text.length > 4_000 || !isEscaped(message.text)) return "invalid_payload";
  const blocks = message.blocks ?? [];
  return blocks.length <= 50 && blocks.every(isSound) ? null : "invalid_blocks";
}

function isSound(block: Block): boolean {
  const texts = textsOf(block);
  if (texts.length === 0 || texts.length > 10) return false;
  const [kind, charactersMax] = block.type === "header" ? ["plain_text", 150] : ["mrkdwn", 3_000];
  const isShort = texts.every(({ type, text }) => type === kind && text.length > 0 && text.length <= charactersMax);
  if (block.type === "header") return isShort;
  return (block.type === "section" || block.type === "context") && isShort && texts.every(({ text }) => isEscaped(text));
}

function textsOf({ text, elements }: Block): Text[] {
  return text ? [text] : (elements ?? []);
}

function isEscaped(text: string): boolean {
  return !/[<>&]/.test(text.replace(ownSigns, ""));
}
