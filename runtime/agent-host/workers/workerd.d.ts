// The little that we use of workerd's own module, so that its types need not shadow the browser's and Node's.
declare module "cloudflare:workers" {
  type Row = Record<string, string | number | null>;
  type Storage = { sql: { exec<T extends Row>(query: string, ...bindings: (string | number)[]): { toArray(): T[] } } };

  export class DurableObject {
    constructor(ctx: { storage: Storage }, env: unknown);
    protected readonly ctx: { storage: Storage };
  }
}
