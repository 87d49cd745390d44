// A second tree of this project whose programs were built without redaction: only so can it be taken off, no setting does it.
import { type Alterations, makeAlteredTree } from "./altered-tree";

/** What stands in each place of the redaction, and lets everything through. */
const letThrough: Alterations = {
  "runtime/redaction/mask-text.ts": () => `export const maskText = "[secret]";
    const open = () => ({ push: (text) => text, flush: () => "" });
    export const compileMask = () => ({ open, mask: (text) => text });
    export const compileMaskInTurns = async () => compileMask();`,
  "runtime/redaction/redact-tokens.ts": () => `export const redacted = "[redacted]"; export const shapes = [];
    export const redactTokens = (text) => text; export const redactSentence = (text) => text;`,
  "runtime/redaction/redact-named.ts": () => "export const createNameRedactor = () => (text) => text;",
  "server/redaction/sensitive-fields.ts": () => "export const isSensitiveField = () => false;",
};

/** `npm start` works in it as in this one. Whoever asked for it removes it. */
export function makeUnredactedTree(): Promise<{ root: string; remove(): void }> {
  return makeAlteredTree(letThrough);
}
