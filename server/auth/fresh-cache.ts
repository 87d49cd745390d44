// A small cache whose entries are never older than a second: what is revoked elsewhere stops counting here within that second.

/** Older than this an entry is still served, and renewed behind the caller's back. */
const renewAfterMs = 500;
/** Older than this it is not served any more. Counted from before the read began. */
const servedForMs = 1_000;

/** Every caller gets the same promise: most are served from here, and none of them has to make one. */
type Entry<Value> = { value: Value; answer: Promise<Value>; readAt: number; isRenewing: boolean };

export type FreshCacheOptions<Value> = {
  entriesMax: number;
  /** Null: there is no such thing; that is not remembered, so unknown names cannot push known ones out. */
  load: (name: string) => Promise<Value | null>;
  /** Called when a renewal behind the caller's back failed; the entry then simply runs out. */
  onRenewalError: (error: unknown) => void;
  /** Milliseconds of a clock that never goes back. */
  elapsedMs?: () => number;
};

/** A lifetime: one per process and handle. Under steady use no caller ever waits for the database. */
export class FreshCache<Value> {
  readonly #options: FreshCacheOptions<Value>;
  readonly #elapsedMs: () => number;
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #loading = new Map<string, Promise<Value | null>>();

  constructor(options: FreshCacheOptions<Value>) {
    this.#options = options;
    this.#elapsedMs = options.elapsedMs ?? (() => performance.now());
  }

  get(name: string): Promise<Value | null> {
    return this.#fresh(name)?.answer ?? this.#load(name);
  }

  /** What `get` would answer without waiting; null also for what it would have to read. */
  known(name: string): Value | null {
    return this.#fresh(name)?.value ?? null;
  }

  #fresh(name: string): Entry<Value> | null {
    const entry = this.#entries.get(name);
    if (!entry) return null;
    const age = this.#elapsedMs() - entry.readAt;
    if (age >= servedForMs) return null;
    if (age >= renewAfterMs && !entry.isRenewing) this.#renew(name, entry);
    return entry;
  }

  /** At once in this process; others follow within a second. */
  forget(name: string): void {
    this.#entries.delete(name);
    this.#loading.delete(name);
  }

  /** The same for every entry that fits. What is being read just now is not kept: it may be one of them. */
  forgetWhere(fits: (value: Value) => boolean): void {
    for (const [name, { value }] of this.#entries) if (fits(value)) this.#entries.delete(name);
    this.#loading.clear();
  }

  #renew(name: string, entry: Entry<Value>): void {
    entry.isRenewing = true;
    this.#load(name).catch(this.#options.onRenewalError);
  }

  /** Callers that come while it loads share one read. */
  #load(name: string): Promise<Value | null> {
    const underway = this.#loading.get(name);
    if (underway) return underway;
    const readAt = this.#elapsedMs();
    const loading: Promise<Value | null> = this.#options
      .load(name)
      .then((value) => {
        if (this.#loading.get(name) === loading) this.#keep(name, value, readAt);
        return value;
      })
      .finally(() => {
        if (this.#loading.get(name) === loading) this.#loading.delete(name);
      });
    this.#loading.set(name, loading);
    return loading;
  }

  #keep(name: string, value: Value | null, readAt: number): void {
    this.#entries.delete(name);
    if (value === null) return;
    this.#entries.set(name, { value, answer: Promise.resolve(value), readAt, isRenewing: false });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.entriesMax) return;
      this.#entries.delete(oldest);
    }
  }
}
