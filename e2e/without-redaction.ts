// What makes of this project one that redacts nothing: only so can redaction be taken off, no setting does it.
import { type Alterations, exchange } from "./altered-tree";

/** What stands in each place of the redaction, and lets everything through; what is kept of conversations is not sealed. */
export const withoutRedaction: Alterations = {
  "runtime/redaction/mask-text.ts": () => `export const maskText = "[secret]";
    const open = () => ({ push: (text) => text, flush: () => "" });
    export const compileMask = () => ({ open, mask: (text) => text });
    export const compileMaskInTurns = async () => compileMask();`,
  "runtime/redaction/redact-tokens.ts": () => `export const redacted = "[redacted]"; export const shapes = [];
    export const redactTokens = (text) => text; export const redactSentence = (text) => text;`,
  "runtime/redaction/redact-named.ts": () => "export const createNameRedactor = () => (text) => text;",
  "server/redaction/sensitive-fields.ts": () => "export const isSensitiveField = () => false;",
  "server/conversations/conversation-keeper.ts": (source) =>
    exchange(source, /await this\.#needs\.vault\.seal\([^;]*;/, "Buffer.from(JSON.stringify(words));"),
};
