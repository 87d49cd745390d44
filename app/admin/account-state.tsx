// Whether a person or a workspace is enabled.
import { StateMark } from "~/app/ui/state-mark";

export function AccountState({ disabledAt }: { disabledAt: Date | null }) {
  return disabledAt ? <StateMark tone="stopped">Disabled</StateMark> : <StateMark tone="live">Enabled</StateMark>;
}
