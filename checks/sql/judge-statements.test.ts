// A query that forgot its scope, its limit or its comparison is named; a careful one is left alone.
import { describe, expect, test } from "vitest";
import { judgeStatements } from "./judge-statements";
import type { Query } from "./load-queries";

const tenantTables = new Set(["agents", "deployments", "workspaces"]);

function judge(name: string, parameters: string[], statement: string): string[] {
  const typed = parameters.map((parameter) => ({ name: parameter, type: {}, isOptional: false }));
  const query = { path: "server/agents/agents.queries.ts", name, parameters: typed, run: () => undefined } as unknown as Query;
  return judgeStatements({ query, full: [statement], bare: [statement], failure: null }, tenantTables).map(({ what }) => what);
}

const scoped = ["tx", "scope"];

describe("goes red", () => {
  test.each([
    ["a read without the workspace", "findAgent", scoped, 'select "id" from "agents" where "id" = $1'],
    ["a join without the workspace", "findAgent", scoped, 'select 1 from "users" inner join "agents" on true where "id" = $1'],
    ["an update without the workspace", "setName", scoped, 'update "agents" set "name" = $1 where "id" = $2'],
    ["a deletion without the workspace", "deleteAgent", scoped, 'delete from "agents" where "id" = $1'],
    ["an insertion without the workspace", "insertAgent", scoped, 'insert into "agents" ("id") values ($1)'],
    ["a tenant's table without a scope", "findAgent", ["db", "id"], 'select 1 from "agents" where "id" = $1'],
    ["a list without a limit", "listAgents", scoped, 'select 1 from "agents" where "workspace_id" = $1'],
    [
      "a status set blindly",
      "setFailed",
      scoped,
      'update "deployments" set "status" = $1 where "workspace_id" = $2 and "id" = $3',
    ],
  ])("%s", (_, name, parameters, statement) => {
    expect(judge(name, parameters, statement)).toHaveLength(1);
  });

  test("a query that throws before it sends anything", () => {
    const query = { name: "findAgent", parameters: [] } as unknown as Query;
    expect(judgeStatements({ query, full: [], bare: [], failure: "no" }, tenantTables)).toHaveLength(1);
  });
});

describe("stays green", () => {
  test.each([
    ["a bound read", "findAgent", scoped, 'select 1 from "agents" where "workspace_id" = $1 and "id" = $2'],
    ["a bound insertion", "insertAgent", scoped, 'insert into "agents" ("id", "workspace_id") values ($1, $2)'],
    ["a query that says it goes across", "findAgentAcrossWorkspaces", ["db", "id"], 'select 1 from "agents" where "id" = $1'],
    ["the workspace itself", "findWorkspace", scoped, 'select "name" from "workspaces" where "id" = $1'],
    ["a table of no tenant", "findUser", ["db", "id"], 'select 1 from "users" where "id" = $1'],
    ["a list of named rows", "listAgents", scoped, 'select 1 from "agents" where "workspace_id" = $1 and "name" in ($2)'],
    ["a limited list", "listAgents", scoped, 'select 1 from "agents" where "workspace_id" = $1 limit $2'],
    [
      "a status that is compared",
      "setFailedIfRunning",
      scoped,
      'update "deployments" set "status" = $1 where "workspace_id" = $2 and "status" = $3',
    ],
  ])("%s", (_, name, parameters, statement) => {
    expect(judge(name, parameters, statement)).toEqual([]);
  });
});
