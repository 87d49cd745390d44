// In place of what makes an agent, for somebody whose role does not.
import { PageHeader } from "~/app/ui/page-header";
import { NotYourRole } from "~/app/workspaces/not-your-role";

export function OthersMakeAgents() {
  return (
    <div className="grid grid-cols-1 gap-6">
      <PageHeader title="Agents" />
      <NotYourRole title="Others here put agents online">
        You may look at agents here, not make them. What others deploy appears here by itself.
      </NotYourRole>
    </div>
  );
}
