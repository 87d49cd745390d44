// The letters to operators about a runtime.
import type { RuntimeAlertKind } from "~/db/tables/alerts";
import type { Runtime } from "~/db/tables/deployments";
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";

type Facts = {
  publicUrl: URL;
  reader: { email: string; displayName: string };
  runtime: Runtime;
  kind: RuntimeAlertKind;
  isOver: boolean;
};

const names: Record<Runtime, string> = {
  embedded: "The embedded runtime",
  cloudflare: "Cloudflare",
  agentcore: "AgentCore",
  vps: "The runtime of dedicated servers",
};

export function runtimeLetter({ publicUrl, reader, runtime, kind, isOver }: Facts): Mail {
  const name = names[runtime];
  return composeLetter({
    to: reader.email,
    subject: isOver
      ? `${name} is back`
      : kind === "gone"
        ? `${name} is not configured, and agents live on it`
        : `${name} is down`,
    paragraphs: [`Hello ${reader.displayName},`, whatOf(name, kind, isOver)],
    link: { label: "See the runtimes", url: new URL("/admin/runtimes", publicUrl).href },
    footnote: "You get this letter because you operate this installation: once when it begins, once when it is over.",
  });
}

function whatOf(name: string, kind: RuntimeAlertKind, isOver: boolean): string {
  if (isOver) return `${name} is as it should be again.`;
  return kind === "gone"
    ? `${name} is not offered by this installation any more, but live versions of agents are on it: calls of them are refused. Configure it again, or let their owners move them.`
    : `${name} has not been well for some minutes: calls and deployments of agents there may fail. The page of runtimes says what its health check found.`;
}
