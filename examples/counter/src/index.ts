// Remembers how often it was called in this session, also when its process was stopped in between.
import type { AgentHandler } from "@webhost/agent";

const handler: AgentHandler = async (request, context) => {
  const text = request.input.messages
    .findLast((message) => message.role === "user")
    ?.content.trim()
    .toLowerCase();
  if (text === "reset") {
    await context.session.delete("count");
    return "Back to nothing.";
  }
  const count = ((await context.session.get<number>("count")) ?? 0) + 1;
  await context.session.set("count", count);
  return count === 1 ? "This is your first message in this session." : `This is message ${count} of this session.`;
};

export default handler;
