// Text of others on its way into a message to Slack: it stays text, and as short as Slack takes it.

/** The three characters that begin Slack's own signs; without them nobody is called and nothing is linked (https://api.slack.com/reference/surfaces/formatting#escaping). */
const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export function escapeSlack(text: string): string {
  return text.replace(/[&<>]/g, (sign) => signs[sign] ?? "");
}

/** At most so many characters as JavaScript counts them, and never half of one that takes two. */
export function clip(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return `${text.slice(0, charactersMax - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
