// Rows of the isolation walk: of the operator and of billing.
import { newId } from "~/server/ids";
import type { ProcedureRow } from "./procedure-row";

const none = () => undefined;
const empty = () => ({});

export const platformRows: Readonly<Record<string, ProcedureRow>> = {
  "admin.overview": { who: "operator", input: none },
  "admin.sweeps": { who: "operator", input: none },
  "admin.users": { who: "operator", input: empty },
  "admin.workspaces": { who: "operator", input: empty },
  "admin.user": { who: "operator", input: ({ memberId }) => ({ userId: memberId }) },
  "admin.workspace": { who: "operator", own: "NOT_FOUND", input: () => ({ workspaceId: newId("workspace") }) },
  "admin.audit": { who: "operator", input: empty },
  "admin.foresee": { who: "operator", proven: true, input: () => ({ act: "end_every_session", targetId: "everybody" }) },
  "admin.perform": {
    who: "operator",
    proven: true,
    own: "INVALID_REQUEST",
    input: () => ({ act: "end_every_session", targetId: "everybody", reason: "A walk.", confirmation: "nobody" }),
  },
  "runtimes.report": { who: "operator", input: none },
  "runtimes.removeStranger": {
    who: "operator",
    proven: true,
    own: "NOT_FOUND",
    input: () => ({ runtime: "embedded", deploymentId: newId("deployment"), confirmation: "none", reason: "A walk." }),
    note: "no stranger in the walked world",
  },
  "rotation.overview": { who: "operator", input: none },
  "rotation.start": {
    who: "operator",
    proven: true,
    own: "CONFLICT",
    input: none,
    note: "nothing in the walked world is wrapped by another key",
  },
  "rotation.giveUp": {
    who: "operator",
    proven: true,
    own: "NOT_FOUND",
    input: () => ({ kekId: `kek_${"0".repeat(16)}`, confirmation: `kek_${"0".repeat(16)}` }),
  },
  "rotation.dataKey": { who: "operator", own: "NOT_FOUND", input: () => ({ workspaceId: newId("workspace") }) },
  "rotation.rotateDataKey": {
    who: "operator",
    proven: true,
    own: "NOT_FOUND",
    input: () => ({ workspaceId: newId("workspace") }),
  },
  "billing.overview": { who: "billing.read", input: empty },
  "billing.simulate": { who: "billing.read", input: () => ({ tier: "starter" }) },
  "billing.invoices": { who: "billing.read", input: empty },
  "billing.invoiceLink": {
    who: "billing.read",
    own: "NOT_FOUND",
    input: () => ({ recordId: newId("billingRecord") }),
    note: "no such invoice; whose it is, is tested in server/billing/link-invoice.test.ts",
  },
  "billing.checkout": {
    who: "billing.configure",
    own: "CONFLICT",
    input: () => ({ tier: "pro", interval: "month" }),
    note: "billing is off in the walked world",
  },
  "billing.portal": { who: "billing.configure", own: "CONFLICT", input: empty, note: "billing is off in the walked world" },
  "billing.health": { who: "operator", input: none },
  "billing.workspacePlan": { who: "operator", own: "NOT_FOUND", input: () => ({ workspaceId: newId("workspace") }) },
  "billing.assign": {
    who: "operator",
    proven: true,
    own: "NOT_FOUND",
    input: () => ({ workspaceId: newId("workspace"), tier: "pro", reason: "walked" }),
  },
  "billing.override": {
    who: "operator",
    proven: true,
    own: "NOT_FOUND",
    input: () => ({ workspaceId: newId("workspace"), changes: { agentsMax: 5 }, reason: "walked" }),
  },
};
