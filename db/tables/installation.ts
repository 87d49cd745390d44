// What this database belongs to: the one installation that may use it, by its environment's name.
import type { ColumnClasses } from "./classes";

export type InstallationTable = {
  /** Always true: there is one row. */
  isOnly: boolean;
  /** `ENVIRONMENT_NAME` of the first start. */
  environment: string;
  namedAt: Date;
};

export const installationColumns: ColumnClasses<InstallationTable> = {
  isOnly: "public",
  environment: "metadata",
  namedAt: "metadata",
};
