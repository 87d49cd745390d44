// The spans of time that usage can be looked at, each by the grain that makes a readable curve of it.
export const spans = [
  { hours: 1, label: "1 hour", grain: "minute" },
  { hours: 24, label: "24 hours", grain: "hour" },
  { hours: 168, label: "7 days", grain: "hour" },
  { hours: 720, label: "30 days", grain: "hour" },
  { hours: 2_160, label: "90 days", grain: "day" },
  { hours: 9_504, label: "13 months", grain: "day" },
] as const;

export type Span = (typeof spans)[number];

export function spanOf(request: Request): Span {
  const asked = Number(new URL(request.url).searchParams.get("hours"));
  return spans.find((span) => span.hours === asked) ?? spans[1];
}
