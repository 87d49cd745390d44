// Passes the conversation to an OpenAI-compatible model with your own key and streams what it answers.
import type { AgentHandler } from "@webhost/agent";
import { type Completion, readCompletion } from "./read-completion";

const handler: AgentHandler = async function* (request, context) {
  // A deployment's probe only wants to know that the agent speaks: that is worth no tokens.
  if (request.metadata.probe === "true") {
    yield "Ready.";
    return;
  }
  const baseUrl = (context.env.OPENAI_BASE_URL ?? "https://api.openai.com/v1").replace(/\/+$/, "");
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${context.env.OPENAI_API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: context.env.OPENAI_MODEL ?? "gpt-4o-mini",
      messages: request.input.messages,
      temperature: request.options.temperature,
      stream: true,
      stream_options: { include_usage: true },
    }),
    signal: context.signal,
  });
  if (!response.ok || response.body === null) throw new Error(await describeFailure(response));
  for await (const completion of readCompletion(response.body)) {
    const text = textOf(completion);
    if (text !== "") yield text;
    if (completion.usage) context.reportUsage({ tokens: completion.usage.total_tokens });
  }
};

function textOf({ choices }: Completion): string {
  return choices?.[0]?.delta?.content ?? "";
}

async function describeFailure(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return `The model answered ${response.status}: ${error?.message ?? "no reason given"}`;
  } catch {
    return `The model answered ${response.status}.`;
  }
}

export default handler;
