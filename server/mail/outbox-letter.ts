// How a letter lies in the outbox: text and HTML together, sealed under the platform's data key.
import type { SealedPlace, Vault } from "~/server/vault/vault";

export type LetterBody = { text: string; html: string };

export function sealLetter(vault: Vault, mailId: string, body: LetterBody): Promise<Buffer> {
  return vault.seal(placeOf(mailId), JSON.stringify(body));
}

export async function openLetter(vault: Vault, mailId: string, sealedBody: Buffer): Promise<LetterBody> {
  return JSON.parse(await vault.open(placeOf(mailId), sealedBody)) as LetterBody;
}

function placeOf(mailId: string): SealedPlace {
  return { ownerId: "platform", kind: "outbox_mail", id: mailId, name: "body", version: 1 };
}
