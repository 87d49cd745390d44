// The spans of time that usage can be looked at.
export const spans = [
  { hours: 24, label: "24 hours" },
  { hours: 168, label: "7 days" },
  { hours: 720, label: "30 days" },
];

export function spanOf(request: Request): number {
  const asked = Number(new URL(request.url).searchParams.get("hours"));
  return spans.find((span) => span.hours === asked)?.hours ?? 24;
}
