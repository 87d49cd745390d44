// Writes to the maker of a leaked key and to the owners of its workspace, once.
import { inTransaction } from "~/db/transaction";
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import type { Services } from "~/server/services";
import { listLeakReadersAcrossWorkspaces, setLeakToldIfUntoldAcrossWorkspaces } from "./key-leaks.queries";

const readersMax = 50;

type LeakedKey = NonNullable<Awaited<ReturnType<typeof setLeakToldIfUntoldAcrossWorkspaces>>>;

/** Does nothing when it was done already, or when there is no such leak. */
export async function tellKeyLeak(
  services: Pick<Services, "across" | "clock" | "config" | "mailer">,
  { keyId }: { keyId: string },
): Promise<void> {
  await inTransaction(services.across, async (tx) => {
    const key = await setLeakToldIfUntoldAcrossWorkspaces(tx, keyId, services.clock.now());
    if (!key) return;
    const readers = await listLeakReadersAcrossWorkspaces(tx, key, readersMax);
    for (const reader of readers) await services.mailer.send(tx, leakLetter(services.config.publicUrl, reader, key));
  });
}

function leakLetter(publicUrl: URL, to: { email: string; displayName: string }, key: LeakedKey): Mail {
  const keysPage = new URL(`/w/${key.workspaceId}/keys`, publicUrl).href;
  return composeLetter({
    to: to.email,
    subject: `The API key "${key.name}" was revoked: it was seen in public`,
    paragraphs: [
      `Hello ${to.displayName},`,
      `somebody reported that the API key "${key.name}" (${key.prefix}…) of the workspace ${key.workspaceName} can be read in public. It was revoked at once, so whatever used it is refused now.`,
      "Make a new key, give it to what used the old one, and look through the audit log for calls that you do not know.",
    ],
    link: { label: "See the keys", url: keysPage },
    footnote: "Where it was seen stands in the audit log of the workspace, under api_key.leak.",
  });
}
