// The letter about a budget: how far it is used up, and what happens then.
import type { BudgetMetric } from "~/db/tables/budgets";
import { composeLetter } from "~/server/mail/compose-letter";
import type { Mail } from "~/server/mail/mailer";
import type { Reached } from "./tell-of-budgets";

type Place = { publicUrl: URL; workspaceId: string; workspaceName: string };
type Addressee = { email: string; displayName: string };

const wordsOf: Record<BudgetMetric, string> = { requests: "requests", compute_ms: "hours of compute", tokens: "tokens" };
const hourMs = 3_600_000;

export function budgetLetter(
  place: Place,
  to: Addressee,
  { metric, percent, spent, limit, periodTo }: Reached & { periodTo: Date },
): Mail {
  const [unit, day] = [wordsOf[metric], dayOf(periodTo)];
  const amount = (of: number) => (metric === "compute_ms" ? of / hourMs : of).toLocaleString("en", { maximumFractionDigits: 2 });
  const rest = percent === 100 && spent < limit ? " What is left is less than one call may take." : "";
  const used = `${amount(spent)} of ${amount(limit)} ${unit} of this period are used.${rest}`;
  return composeLetter({
    to: to.email,
    subject:
      percent === 100
        ? `${place.workspaceName} has used up its ${unit}`
        : `${place.workspaceName} has used ${percent} % of its ${unit}`,
    paragraphs: [
      `Hello ${to.displayName},`,
      percent === 100
        ? `${used} Calls of agents are refused with LIMIT_EXCEEDED until ${day}, or until the plan grants more.`
        : `${used} At the cap calls are refused; a new period begins on ${day}.`,
    ],
    link: { label: "Open Usage", url: new URL(`/w/${place.workspaceId}/usage`, place.publicUrl).href },
    footnote: "You get this because you own the workspace. On the Usage page you choose whether such letters are sent.",
  });
}

function dayOf(moment: Date): string {
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
