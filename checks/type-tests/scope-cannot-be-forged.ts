// Type test: a WorkspaceScope cannot be written down, copied together, or made from what a client sent.
import type { WorkspaceScope } from "~/server/auth/scope";

declare function act(scope: WorkspaceScope): void;
declare const genuine: WorkspaceScope;
declare const sent: { workspaceId: string };

act(genuine);

// @ts-expect-error a workspace id is not a scope
act(sent);

// @ts-expect-error every visible field is there, the mint's mark is not
act({
  workspaceId: genuine.workspaceId,
  principal: genuine.principal,
  grant: genuine.grant,
  traceId: genuine.traceId,
  ipAddress: genuine.ipAddress,
});

// @ts-expect-error a scope cannot be turned to another workspace
genuine.workspaceId = sent.workspaceId;

// @ts-expect-error a copy is no scope: the mint's mark stays behind
act({ ...genuine, workspaceId: sent.workspaceId });

// @ts-expect-error nor is a copy with more rights
act({ ...genuine, grant: { kind: "role", role: "owner", areas: {} } });

// @ts-expect-error a scope's rights cannot be widened in place
genuine.grant = { kind: "role", role: "owner", areas: {} };
