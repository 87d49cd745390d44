// What an act is about, by the name that people know it by: typed to confirm the acts that ask for it.
import type { Db } from "~/db/client";
import { notFound } from "~/server/errors";
import type { Act } from "./acts.contract";
import { targetOf } from "./acts.contract";
import { findUserAcrossWorkspaces, findWorkspaceAcrossWorkspaces, listKeysAcrossWorkspaces } from "./admin.queries";

export type Target = {
  name: string;
  isDisabled: boolean;
  userId: string | null;
  workspaceId: string | null;
  keyId: string | null;
};

const nobody = { isDisabled: false, userId: null, workspaceId: null, keyId: null };

/** Rejects with `NOT_FOUND`. */
export async function nameTarget(db: Db, act: Act, targetId: string): Promise<Target> {
  switch (targetOf[act]) {
    case "user": {
      const user = await findUserAcrossWorkspaces(db, targetId);
      if (!user) throw notFound("account");
      return { ...nobody, name: user.email, isDisabled: user.disabledAt !== null, userId: user.userId };
    }
    case "workspace": {
      const workspace = await findWorkspaceAcrossWorkspaces(db, targetId);
      if (!workspace) throw notFound("workspace");
      return { ...nobody, name: workspace.name, isDisabled: workspace.disabledAt !== null, workspaceId: workspace.workspaceId };
    }
    case "key": {
      const [key] = await listKeysAcrossWorkspaces(db, { keyId: targetId }, 1);
      if (!key) throw notFound("API key");
      return { ...nobody, name: key.name, isDisabled: key.revokedAt !== null, keyId: key.keyId };
    }
    default:
      return { ...nobody, name: "everybody" };
  }
}
