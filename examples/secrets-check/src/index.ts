// Says which configured keys have arrived, never what they hold.
import type { AgentHandler } from "@webhost/agent";

const handler: AgentHandler = (_request, context) => {
  const describe = (name: string) => {
    const value = context.env[name];
    return value === undefined ? `${name} is not set.` : `${name} is set and has ${value.length} characters.`;
  };
  return [describe("DEMO_SECRET"), describe("DEMO_OPTIONAL")].join("\n");
};

export default handler;
