// For the operator: which data key a workspace has, and how far its values are sealed anew.
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findDataKeyFactsAcrossWorkspaces } from "./renewal.queries";
import type { DataKeyFacts } from "./rotation.contract";
import { settlingMs } from "./run-reseal";

export async function readDataKey({ across }: Pick<Services, "across">, workspaceId: string): Promise<DataKeyFacts> {
  const facts = await findDataKeyFactsAcrossWorkspaces(across, workspaceId);
  if (!facts) throw notFound("workspace");
  const { renewedAt, isResealing } = facts;
  return {
    ...facts,
    valuesResealed: facts.valuesResealed ?? 0,
    valuesStuck: facts.valuesStuck ?? 0,
    settlesAt: isResealing && renewedAt ? new Date(renewedAt.getTime() + settlingMs) : null,
  };
}
