// One Durable Object per deployment: the last lines that its agent printed, already masked.
import { DurableObject } from "cloudflare:workers";
import type { HostLogLine } from "~/runtime/contract/host-protocol";

const keptMax = 1_000;

export type LogNamespace = {
  idFromName(name: string): unknown;
  get(id: unknown): { append(lines: HostLogLine[]): Promise<void>; read(limit: number): Promise<HostLogLine[]> };
};

export class LogStore extends DurableObject {
  constructor(...args: ConstructorParameters<typeof DurableObject>) {
    super(...args);
    this.ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS lines (place INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, stream TEXT NOT NULL, line TEXT NOT NULL)",
    );
  }

  append(lines: HostLogLine[]): void {
    const { sql } = this.ctx.storage;
    for (const { at, stream, line } of lines.slice(-keptMax)) {
      sql.exec("INSERT INTO lines (at, stream, line) VALUES (?, ?, ?)", at, stream, line);
    }
    sql.exec("DELETE FROM lines WHERE place <= (SELECT max(place) FROM lines) - ?", keptMax);
  }

  /** Oldest first. */
  read(limit: number): HostLogLine[] {
    const newest = "SELECT * FROM lines ORDER BY place DESC LIMIT ?";
    return this.ctx.storage.sql
      .exec<HostLogLine & { id: string }>(
        `SELECT at, stream, line, CAST(place AS TEXT) AS id FROM (${newest}) ORDER BY place`,
        limit,
      )
      .toArray();
  }
}
