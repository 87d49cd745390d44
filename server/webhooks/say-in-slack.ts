// What each event says to people in a channel of Slack: what happened, how much of it, and the page that shows it.
import type { WebhookEvent } from "~/db/tables/webhooks";
import type { EventFacts } from "./event-payload";

export type SlackSaid = {
  /** A state that is seen before it is read; the title says it too. */
  mark: "🔴" | "🟠" | "🟢" | "🔵";
  title: string;
  /** As people wrote it: escaped by whoever puts it into a message. */
  about: string;
  link: { label: string; page: string };
  /** `since` when it goes on, `at` when it is a moment. */
  when: "since" | "at";
};

type Say = (facts: EventFacts, workspacePage: string) => SlackSaid;

/** Of an event of any release: what is not known here is told by its name. */
export function sayInSlack({ type, facts }: { type: string; facts: EventFacts }, workspacePage: string): SlackSaid {
  const say = Object.hasOwn(sayings, type) ? sayings[type as keyof typeof sayings] : null;
  if (say) return say(facts, workspacePage);
  return { mark: "🔵", title: type, about: "", link: { label: "Open the workspace", page: workspacePage }, when: "at" };
}

const runtimeNames: Record<string, string> = {
  embedded: "The embedded runtime",
  cloudflare: "Cloudflare",
  agentcore: "AgentCore",
  vps: "The runtime of dedicated servers",
};
const budgetUnits: Record<string, string> = { requests: "requests", compute_ms: "hours of compute", tokens: "tokens" };
const hourMs = 3_600_000;

const sayings: Readonly<Record<WebhookEvent | "webhook.test", Say>> = {
  "agent.error_rate.raised": (facts, page) => ({
    mark: "🔴",
    title: `Calls of ${text(facts, "agentName")} fail`,
    about: `${amount(facts, "failedCalls")} of ${amount(facts, "calls")} calls failed in the last ${amount(facts, "windowMinutes")} minutes.`,
    link: { label: "See the errors", page: `${agentPage(facts, page)}/errors` },
    when: "since",
  }),
  "agent.error_rate.resolved": (facts, page) => ({
    mark: "🟢",
    title: `Calls of ${text(facts, "agentName")} work again`,
    about: "Few or no calls fail any more.",
    link: { label: "Open the agent", page: agentPage(facts, page) },
    when: "at",
  }),
  "deployment.failed": (facts, page) => ({
    mark: "🔴",
    title: `Version ${text(facts, "version")} of ${text(facts, "agentName")} did not go live`,
    about: `It ended with ${text(facts, "failureCode")}. What was live before goes on serving.`,
    link: { label: "See what happened", page: `${agentPage(facts, page)}/deployments/${segment(facts, "deploymentId")}` },
    when: "at",
  }),
  "deployment.recovered": (facts, page) => ({
    mark: "🟢",
    title: `${text(facts, "agentName")} deploys again`,
    about: "A newer version has worked.",
    link: { label: "Open the agent", page: agentPage(facts, page) },
    when: "at",
  }),
  "telemetry.dropped": (facts, page) => ({
    mark: "🟠",
    title: "agentName" in facts ? `Reports of ${text(facts, "agentName")} are missing` : "Reports of calls are missing",
    about: `Of ${amount(facts, "expectedEvents")} calls in a day ${amount(facts, "receivedEvents")} were reported. Calls were answered all the same.`,
    link: { label: "See what is missing", page: `${agentPage(facts, page)}/metrics` },
    when: "at",
  }),
  "budget.reached": budgetReached,
  "runtime.down": (facts, page) => ({
    mark: "🔴",
    title: `${runtimeNames[text(facts, "runtime")] ?? "A runtime"} is down`,
    about: "Calls and deployments of agents there may fail.",
    link: { label: "See the runtimes", page: `${page}/runtimes` },
    when: "since",
  }),
  "runtime.up": (facts, page) => ({
    mark: "🟢",
    title: `${runtimeNames[text(facts, "runtime")] ?? "A runtime"} is back`,
    about: "It is as it should be again.",
    link: { label: "See the runtimes", page: `${page}/runtimes` },
    when: "at",
  }),
  "webhook.test": (facts, page) => ({
    mark: "🔵",
    title: "A test from webhost.systems",
    about: "Events that you chose arrive in this channel.",
    link: { label: "Choose the events", page: `${page}/settings/webhooks/${segment(facts, "endpointId")}` },
    when: "at",
  }),
};

function budgetReached(facts: EventFacts, page: string): SlackSaid {
  const metric = text(facts, "metric");
  const unit = budgetUnits[metric] ?? metric;
  const of = (name: string) => (metric === "compute_ms" ? written(Number(facts[name]) / hourMs) : amount(facts, name));
  const isAll = facts["percent"] === 100;
  return {
    mark: isAll ? "🔴" : "🟠",
    title: isAll ? `The budget of ${unit} is used up` : `${amount(facts, "percent")} % of the budget of ${unit} are used`,
    about: `${of("spent")} of ${of("limit")} ${unit} of this period are used. ${
      isAll
        ? "Calls of agents are refused until the next period, or until the plan grants more."
        : "At the cap calls are refused."
    }`,
    link: { label: "Open Usage", page: `${page}/usage` },
    when: "since",
  };
}

/** A fact that another release left out is a question mark, never a reason to say nothing. */
function text(facts: EventFacts, name: string): string {
  return String(facts[name] ?? "?");
}

function segment(facts: EventFacts, name: string): string {
  return encodeURIComponent(text(facts, name));
}

function amount(facts: EventFacts, name: string): string {
  const fact = facts[name];
  return typeof fact === "number" ? written(fact) : "?";
}

function written(number: number): string {
  return number.toLocaleString("en", { maximumFractionDigits: 2 });
}

function agentPage(facts: EventFacts, workspacePage: string): string {
  return `${workspacePage}/agents/${segment(facts, "agentId")}`;
}
