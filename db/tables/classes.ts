// The words by which every column says how private it is (MISSION J10); export, retention, redaction and backups read them.

/** `public`: may be shown to anybody. `metadata`: the workspace's own facts. `sensitive`: personal data, hashes or sealed values. */
export type ColumnClass = "public" | "metadata" | "sensitive";

/** One class for each column of a table: a column without a class does not compile. */
export type ColumnClasses<Table> = Readonly<Record<keyof Table, ColumnClass>>;
