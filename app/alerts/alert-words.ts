// Alerts in words.
import { countWords } from "~/app/ui/measures";
import type { AlertItem } from "~/server/alerts/alerts.contract";

export function alertWords({ rule, facts }: AlertItem): string {
  const number = (name: string) => countWords(Number(facts[name] ?? 0));
  return rule === "error_rate"
    ? `${number("failedCalls")} of ${number("calls")} calls failed in ${number("windowMinutes")} minutes`
    : `Version ${facts["version"] ?? "?"} did not go live`;
}
