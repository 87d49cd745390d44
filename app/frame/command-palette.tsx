// Everything within reach of the keyboard: go to a place or an agent, deploy, talk, copy an id.
import { useFetcher, useNavigate } from "@remix-run/react";
import { Command } from "cmdk";
import { Copy, MessageSquare, Plus, SquareTerminal, Upload } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { paths } from "~/app/paths";
import type { loader } from "~/app/routes/w.$workspaceId.palette";
import { IfMay } from "~/app/workspaces/if-may";
import { useFurtherPlaces } from "./further-places";
import { useRailItems } from "./rail-items";

type Props = { isOpen: boolean; onClose: () => void; workspaceId: string };

export default function CommandPalette({ isOpen, onClose, workspaceId }: Props) {
  const navigate = useNavigate();
  const { agents, isLoading } = usePaletteAgents(workspaceId, isOpen);
  const go = (to: string) => () => {
    onClose();
    navigate(to);
  };
  return (
    <Command.Dialog
      open={isOpen}
      onOpenChange={(open) => (open ? undefined : onClose())}
      label="Go to or do"
      loop
      overlayClassName="fixed inset-0 z-50 bg-veil animate-arrive"
      contentClassName="fixed inset-x-4 top-[12dvh] z-50 mx-auto max-w-xl animate-arrive overflow-hidden rounded-xl border border-line bg-raised shadow-float"
    >
      <Command.Input
        placeholder="Go to a page or agent, deploy, talk, copy an id…"
        className="h-12 w-full border-line border-b bg-transparent px-4 text-base text-ink outline-none sm:text-sm"
      />
      <Command.List className="max-h-[60dvh] overflow-y-auto p-2">
        <Command.Empty className="px-3 py-8 text-center text-ink-3 text-sm">
          {isLoading ? "Looking up agents…" : "Nothing of that name. Try an agent's name or a page."}
        </Command.Empty>
        <Places workspaceId={workspaceId} go={go} />
        <Acts workspaceId={workspaceId} go={go} />
        {agents.map((agent) => (
          <AgentGroup key={agent.agentId} agent={agent} workspaceId={workspaceId} go={go} onClose={onClose} />
        ))}
      </Command.List>
    </Command.Dialog>
  );
}

type PartProps = { workspaceId: string; go: (to: string) => () => void };

function Places({ workspaceId, go }: PartProps) {
  return (
    <Group heading="Go to">
      {useRailItems().map(({ label, to, icon: Icon }) => (
        <Item key={label} onSelect={go(to(workspaceId))} icon={<Icon aria-hidden="true" />}>
          {label}
        </Item>
      ))}
      {useFurtherPlaces(workspaceId).map(({ label, to, keywords, icon: Icon }) => (
        <Item key={label} onSelect={go(to)} keywords={keywords} icon={<Icon aria-hidden="true" />}>
          {label}
        </Item>
      ))}
    </Group>
  );
}

function Acts({ workspaceId, go }: PartProps) {
  return (
    <Group heading="Do">
      <IfMay action="agent.configure">
        <Item onSelect={go(paths.agentNew(workspaceId))} icon={<Plus aria-hidden="true" />}>
          New agent
        </Item>
      </IfMay>
      <Item onSelect={go(paths.workspaceNew())} icon={<Plus aria-hidden="true" />}>
        New workspace
      </Item>
    </Group>
  );
}

type AgentProps = PartProps & { agent: { agentId: string; name: string }; onClose: () => void };

function AgentGroup({ agent, workspaceId, go, onClose }: AgentProps) {
  const at = { workspaceId, agentId: agent.agentId };
  const copyId = () => {
    onClose();
    void navigator.clipboard?.writeText(agent.agentId);
  };
  return (
    <Group heading={agent.name}>
      <IfMay action="agent.invoke">
        <Item onSelect={go(paths.agent(at))} icon={<MessageSquare aria-hidden="true" />}>
          {`Talk to ${agent.name}`}
        </Item>
      </IfMay>
      <IfMay action="deployment.create">
        <Item onSelect={go(paths.deploymentNew(at))} icon={<Upload aria-hidden="true" />}>
          {`Deploy ${agent.name}`}
        </Item>
      </IfMay>
      <IfMay action="deployment.read">
        <Item onSelect={go(paths.deployments(at))} icon={<SquareTerminal aria-hidden="true" />}>
          {`Deployments of ${agent.name}`}
        </Item>
      </IfMay>
      <Item onSelect={copyId} icon={<Copy aria-hidden="true" />}>
        {`Copy id of ${agent.name}`}
      </Item>
    </Group>
  );
}

function usePaletteAgents(workspaceId: string, isOpen: boolean) {
  const fetcher = useFetcher<typeof loader>();
  const { load, state, data } = fetcher;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is new at every render; opening is what asks.
  useEffect(() => {
    if (isOpen) load(paths.paletteAgents(workspaceId));
  }, [isOpen, workspaceId]);
  return { agents: data?.agents ?? [], isLoading: state !== "idle" };
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink-3 [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

type ItemProps = { children: string; icon: ReactNode; onSelect: () => void; keywords?: string[] };

function Item({ children, icon, onSelect, keywords }: ItemProps) {
  return (
    <Command.Item
      value={children}
      {...(keywords ? { keywords } : {})}
      onSelect={onSelect}
      className="flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-ink text-sm data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:text-ink-3"
    >
      {icon}
      {children}
    </Command.Item>
  );
}
