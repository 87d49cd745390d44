// The spans of time that usage can be looked at, each by the grain that makes a readable curve of it.
export const spans = [
  { hours: 1, label: "1 hour", short: "1 h", grain: "minute" },
  { hours: 24, label: "24 hours", short: "24 h", grain: "hour" },
  { hours: 168, label: "7 days", short: "7 d", grain: "hour" },
  { hours: 720, label: "30 days", short: "30 d", grain: "hour" },
  { hours: 2_160, label: "90 days", short: "90 d", grain: "day" },
  { hours: 9_504, label: "13 months", short: "13 mo", grain: "day" },
] as const;

export type Span = (typeof spans)[number];

export function spanOf(request: Request): Span {
  const asked = Number(new URL(request.url).searchParams.get("hours"));
  return spans.find((span) => span.hours === asked) ?? spans[1];
}
