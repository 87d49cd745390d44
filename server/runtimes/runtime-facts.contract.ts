// What each runtime is, and what an operator sets so that it is offered: without zod, for pages in the browser.
import type { Runtime } from "~/db/tables/deployments";

export type RuntimeFacts = {
  name: string;
  /** One sentence for whoever chooses. */
  what: string;
  /** What differs from the others, for whoever moves. */
  traits: readonly string[];
  /** Variables of the environment that have to be set, all of them; empty: it needs none. */
  variables: readonly string[];
  /** The page of the documentation that says how, step by step. */
  guide: string | null;
};

export const runtimeFacts: Readonly<Record<Runtime, RuntimeFacts>> = {
  embedded: {
    name: "Embedded",
    what: "A sandboxed workerd process on this installation's own machine, one for each version.",
    traits: ["Starts on demand, stops when idle", "Streams can be stopped within 100 ms", "No account needed"],
    variables: [],
    guide: "docs/operations/embedded-mode.md",
  },
  cloudflare: {
    name: "Cloudflare Workers",
    what: "One Worker for each version on the operator's Cloudflare account, sessions in Durable Objects.",
    traits: ["Close to callers everywhere", "Limits of memory and CPU are Cloudflare's own", "Streams cannot be resumed"],
    variables: ["CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN"],
    guide: "docs/operations/cloudflare.md",
  },
  agentcore: {
    name: "AWS Bedrock AgentCore",
    what: "One AgentCore runtime for each agent on the operator's AWS account, with Node 22.",
    traits: [
      "Sessions in machines of their own",
      "Memory, code interpreter and browser where the plan has them",
      "Streams cannot be resumed",
    ],
    variables: ["AGENTCORE_REGION", "AGENTCORE_ROLE_ARN", "AGENTCORE_BUCKET"],
    guide: "docs/operations/agentcore.md",
  },
  vps: {
    name: "Dedicated server",
    what: "One server for each workspace. This release does not offer it yet.",
    traits: [],
    variables: [],
    guide: null,
  },
};

/** In the order in which pages show them. */
export const shownRuntimes = ["embedded", "cloudflare", "agentcore"] as const satisfies readonly Runtime[];
