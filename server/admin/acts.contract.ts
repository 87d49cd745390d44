// The operator's switches by name, without a schema: the browser gets them without zod.

/** The switches: what an operator can do to a person, a workspace, a key or everybody. */
export const acts = [
  "disable_user",
  "enable_user",
  "end_user_sessions",
  "revoke_user_keys",
  "disable_workspace",
  "enable_workspace",
  "end_workspace_sessions",
  "revoke_workspace_keys",
  "revoke_key",
  "end_every_session",
] as const;
export type Act = (typeof acts)[number];

export const targetKinds = ["user", "workspace", "key", "everybody"] as const;
export type TargetKind = (typeof targetKinds)[number];

export const targetOf: Readonly<Record<Act, TargetKind>> = {
  disable_user: "user",
  enable_user: "user",
  end_user_sessions: "user",
  revoke_user_keys: "user",
  disable_workspace: "workspace",
  enable_workspace: "workspace",
  end_workspace_sessions: "workspace",
  revoke_workspace_keys: "workspace",
  revoke_key: "key",
  end_every_session: "everybody",
};

/** What stops more than one person's work asks for the name of what it stops. */
export const actsThatAskForTheName: readonly Act[] = ["disable_workspace", "revoke_workspace_keys", "end_every_session"];
