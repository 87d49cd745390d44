// A fresh key, shown this once, with a line that tries it out.
import { paths } from "~/app/paths";
import { CodeBlock } from "~/app/ui/code-block";
import { Notice } from "~/app/ui/notice";
import type { CreatedApiKey } from "~/server/api-keys/api-keys.contract";

type Props = { created: CreatedApiKey; origin: string; anyAgentId: string | undefined };

export function ShownKey({ created, origin, anyAgentId }: Props) {
  const agentId = created.agents?.[0]?.agentId ?? anyAgentId;
  return (
    <Notice tone="done" title="Copy the key now: it is shown this once.">
      <CodeBlock text={created.apiKey} label="the new key" wraps className="mt-2" />
      <p className="mt-3 text-ink-2">Try it:</p>
      <CodeBlock text={tryOut(created, origin, agentId)} label="a call with the new key" wraps className="mt-1" />
    </Notice>
  );
}

function tryOut({ apiKey, preset }: CreatedApiKey, origin: string, agentId: string | undefined): string {
  const authorization = `-H "Authorization: Bearer ${apiKey}"`;
  if (preset === "read" || !agentId) return `curl ${origin}/v1/agents ${authorization}`;
  const body = `-H 'Content-Type: application/json' -d '{"input":{"prompt":"Hello!"}}'`;
  return `curl ${origin}${paths.invokeDoor(agentId)} ${authorization} ${body}`;
}
