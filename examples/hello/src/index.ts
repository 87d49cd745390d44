// Answers word by word: an async generator is a stream, each string it yields is one piece of the answer.
import type { AgentHandler } from "@webhost/agent";

const pauseMs = 40;

const handler: AgentHandler = async function* (request, context) {
  const said = request.input.messages.findLast((message) => message.role === "user")?.content ?? "";
  const words = `Hello! You said “${said}”. I am version ${context.agent.version}, and I run in a sandbox of my own.`.split(" ");
  // A deployment's probe waits for the whole answer: nobody reads along.
  const isRead = request.metadata.probe !== "true";
  for (const [position, word] of words.entries()) {
    if (context.signal.aborted) return;
    yield position === 0 ? word : ` ${word}`;
    if (isRead) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};

export default handler;
