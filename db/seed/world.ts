// What a seed world is: a small installation with known names, for people and for tests.
import type { Db } from "../client";

export type Tenant = {
  userId: string;
  email: string;
  workspaceId: string;
  agentId: string;
  deploymentId: string;
};

export type World = {
  /** One line for `npm run seed -- list`. */
  about: string;
  /** Takes a handle of role `owner`; runs in one transaction, so that a world is there whole or not at all. */
  grow: (db: Db) => Promise<Tenant[]>;
};

/** Every seeded person signs in with this; seeding is refused in production. */
export const seedPassword = "a password for trying things out";
