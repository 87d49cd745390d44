// The words of the reminder that secrets of an agent expire.
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";

type Facts = {
  publicUrl: URL;
  reader: { email: string; displayName: string };
  agent: { workspaceId: string; agentId: string; agentName: string; workspaceName: string };
  secrets: readonly { name: string; expiresAt: Date }[];
  now: Date;
};

const namedMax = 20;

export function expiryLetter({ publicUrl, reader, agent, secrets, now }: Facts): Mail {
  const one = secrets.length === 1 ? secrets[0] : undefined;
  const what = one ? `the secret ${one.name}` : `${secrets.length} secrets`;
  const isOver = secrets.every(({ expiresAt }) => expiresAt <= now);
  const named = secrets.slice(0, namedMax).map(({ name, expiresAt }) => `${name}: ${whenOf(expiresAt, now)}`);
  const others = secrets.length > namedMax ? [`and ${secrets.length - namedMax} more`] : [];
  return composeLetter({
    to: reader.email,
    subject: `${one ? one.name : what} of ${agent.agentName} ${isOver ? "expired" : one ? "expires soon" : "expire soon"}`,
    paragraphs: [
      `Hello ${reader.displayName},`,
      `${what} of the agent ${agent.agentName} in the workspace ${agent.workspaceName} ${one ? "wants" : "want"} to be replaced. ${[...named, ...others].join("; ")}.`,
      "Make a new value where the old one came from, set it here, and apply it to what runs. Nothing stops by itself: the agent goes on with the value it has.",
    ],
    link: { label: "See the secrets", url: new URL(`/w/${agent.workspaceId}/agents/${agent.agentId}/secrets`, publicUrl).href },
    footnote: "You get this letter because you may set secrets in this workspace. No letter ever holds a secret's value.",
  });
}

function whenOf(expiresAt: Date, now: Date): string {
  const day = expiresAt.toISOString().slice(0, 10);
  return expiresAt <= now ? `expired on ${day}` : `expires on ${day}`;
}
