// The little that we use of workerd's own module, so that its types need not shadow the browser's and Node's.
declare module "cloudflare:workers" {
  type Row = Record<string, string | number | null>;
  type Storage = {
    sql: { exec<T extends Row>(query: string, ...bindings: (string | number)[]): { toArray(): T[] } };
    deleteAll(): Promise<void>;
  };

  /** The bindings of the script, known before its modules are loaded. */
  export const env: Record<string, unknown>;

  export class DurableObject<Env = unknown> {
    constructor(ctx: { storage: Storage }, env: Env);
    protected readonly env: Env;
    protected readonly ctx: { storage: Storage };
  }
}
