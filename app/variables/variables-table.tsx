// The variables of an agent with their values: what is no secret and may be read back.
import { Link } from "@remix-run/react";
import { SlidersHorizontal } from "lucide-react";
import { type AgentPlace, paths } from "~/app/paths";
import { Cell, DataTable, HeadCell } from "~/app/ui/data-table";
import { EmptyState } from "~/app/ui/empty-state";
import { Moment } from "~/app/ui/moment";
import { StateMark } from "~/app/ui/state-mark";
import { Tag } from "~/app/ui/tag";
import { IfMay } from "~/app/workspaces/if-may";
import type { VariableItem } from "~/server/variables/variables.contract";
import { UnsetVariable } from "./unset-variable";

export function VariablesTable({ variables, at }: { variables: VariableItem[]; at: AgentPlace }) {
  if (variables.length === 0) {
    return (
      <EmptyState icon={SlidersHorizontal} title="No variables">
        For what is no secret: a model's name, a log level, a limit. The agent reads them from{" "}
        <code className="font-mono">context.env</code>, beside its secrets.
      </EmptyState>
    );
  }
  return (
    <DataTable
      caption="Variables"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>Value</HeadCell>
          <HeadCell isWideOnly>State</HeadCell>
          <HeadCell isNumber isWideOnly>
            Changed
          </HeadCell>
          <HeadCell isNumber>
            <span className="sr-only">Act</span>
          </HeadCell>
        </>
      }
    >
      {variables.map((variable) => (
        <VariableRow key={variable.name} variable={variable} at={at} />
      ))}
    </DataTable>
  );
}

function VariableRow({ variable, at }: { variable: VariableItem; at: AgentPlace }) {
  const { name, value, version, updatedAt, updatedBy } = variable;
  return (
    <tr>
      <Cell>
        <Link
          to={paths.variables(at, name)}
          className="whitespace-nowrap font-medium font-mono text-[0.8125rem] text-ink underline-offset-4 hover:underline"
        >
          {name}
        </Link>
        <span className="block md:hidden">
          <VariableState variable={variable} />
        </span>
      </Cell>
      <Cell>
        <code className="line-clamp-2 max-w-72 whitespace-pre-wrap break-words font-mono [overflow-wrap:anywhere] text-[0.8125rem] text-ink-2">
          {value}
        </code>
      </Cell>
      <Cell isWideOnly>
        <VariableState variable={variable} />
      </Cell>
      <Cell isNumber isWideOnly>
        <Tag isMono>v{version}</Tag> <Moment at={updatedAt} />
        {updatedBy ? <p className="max-w-40 truncate text-ink-3 text-xs">by {updatedBy}</p> : null}
      </Cell>
      <Cell isNumber>
        <IfMay action="agent.configure">
          <UnsetVariable name={name} />
        </IfMay>
      </Cell>
    </tr>
  );
}

function VariableState({ variable }: { variable: VariableItem }) {
  if (variable.isStale) return <StateMark tone="waiting">From the next start on</StateMark>;
  if (variable.isNamed) return <StateMark tone="live">Set</StateMark>;
  return <StateMark tone="idle">Not named by the bundle</StateMark>;
}
