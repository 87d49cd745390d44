// When a secret wants to be replaced: a quiet date while there is time, a warning when there is not.
import { Tag } from "~/app/ui/tag";

const dayMs = 86_400_000;
const soonDays = 14;

export function ExpiryTag({ expiresAt }: { expiresAt: Date }) {
  const days = Math.ceil((expiresAt.getTime() - Date.now()) / dayMs);
  const day = expiresAt.toISOString().slice(0, 10);
  if (days > soonDays) return <Tag>until {day}</Tag>;
  const words = days <= 0 ? `expired ${day}` : days === 1 ? "expires in 1 day" : `expires in ${days} days`;
  return (
    <span title={day} suppressHydrationWarning>
      <Tag
        className={days <= 3 ? "border-failed/40 bg-failed-soft text-failed" : "border-working/40 bg-working-soft text-working"}
      >
        {words}
      </Tag>
    </span>
  );
}
