// The operator's console. To anybody else every procedure here looks missing; acts, and what comes right before them, want a fresh proof.
import { router } from "~/server/trpc/init";
import { operatorProcedure, provenOperatorProcedure } from "~/server/trpc/procedures";
import { pageOf } from "~/server/zod-shapes";
import {
  ActInput,
  AdminAuditItem,
  AdminUser,
  AdminWorkspace,
  FindInput,
  Foresight,
  FoundUser,
  FoundWorkspace,
  ListAdminAuditInput,
  Overview,
  Performed,
  PerformInput,
  SweepReports,
  UserIdInput,
  WorkspaceIdInput,
} from "./admin.contract";
import { findUsers } from "./find-users";
import { findWorkspaces } from "./find-workspaces";
import { foreseeAct } from "./foresee-act";
import { getOverview } from "./get-overview";
import { getUser } from "./get-user";
import { getWorkspace } from "./get-workspace";
import { listAdminAudit } from "./list-admin-audit";
import { performAct } from "./perform-act";
import { readSweepReports } from "./read-sweep-reports";

export const adminRouter = router({
  overview: operatorProcedure.output(Overview).query(({ ctx }) => getOverview(ctx.services)),
  sweeps: operatorProcedure.output(SweepReports).query(({ ctx }) => readSweepReports(ctx.services)),
  users: operatorProcedure
    .input(FindInput)
    .output(pageOf(FoundUser))
    .query(({ ctx, input }) => findUsers(ctx.services, input)),
  workspaces: operatorProcedure
    .input(FindInput)
    .output(pageOf(FoundWorkspace))
    .query(({ ctx, input }) => findWorkspaces(ctx.services, input)),
  user: operatorProcedure
    .input(UserIdInput)
    .output(AdminUser)
    .query(({ ctx, input }) => getUser(ctx.services, input.userId)),
  workspace: operatorProcedure
    .input(WorkspaceIdInput)
    .output(AdminWorkspace)
    .query(({ ctx, input }) => getWorkspace(ctx.services, input.workspaceId)),
  audit: operatorProcedure
    .input(ListAdminAuditInput)
    .output(pageOf(AdminAuditItem))
    .query(({ ctx, input }) => listAdminAudit(ctx.services, input)),
  /** Proven as well, so that nobody is asked who they are after they typed their reason. */
  foresee: provenOperatorProcedure
    .input(ActInput)
    .output(Foresight)
    .query(({ ctx, input }) => foreseeAct(ctx.services, input)),
  perform: provenOperatorProcedure
    .input(PerformInput)
    .output(Performed)
    .mutation(({ ctx, input }) => performAct(ctx.services, { operator: ctx.user, visitor: ctx.request }, input)),
});
