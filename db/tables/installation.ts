// What this database belongs to: the one installation that may use it, by its environment's name.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export type InstallationTable = {
  /** Always true: there is one row. */
  isOnly: boolean;
  /** `ENVIRONMENT_NAME` of the first start. */
  environment: string;
  namedAt: Date;
  /** Which account of each provider it works with, since the first use of one: kind → words without a secret. */
  accounts: ColumnType<Record<string, string>, string | undefined, string>;
};

export const installationColumns: ColumnClasses<InstallationTable> = {
  isOnly: "public",
  environment: "metadata",
  namedAt: "metadata",
  accounts: "metadata",
};
