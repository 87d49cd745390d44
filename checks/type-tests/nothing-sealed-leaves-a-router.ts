// Type test: no procedure's answer has a field for a hash, a sealed value or a wrapped key, at any depth.
import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "~/server/router";

type Sealed =
  | "passwordHash"
  | "secretHash"
  | "tokenHash"
  | "sealedValue"
  | "sealedBody"
  | "wrappedKey"
  | "keyEncryption"
  | "keyEncryptionKey"
  | "telemetryKey"
  | "blobKey"
  | "bundleBlobKey"
  | "moduleBlobKey";

type IsAny<T> = 0 extends 1 & T ? true : false;
type Plain = string | number | boolean | bigint | symbol | null | undefined | Date;

/** The sealed field names that occur in T; `never` when there are none. */
type Leaks<T, Depth extends unknown[] = []> =
  IsAny<T> extends true
    ? "any"
    : Depth["length"] extends 8
      ? never
      : T extends Plain
        ? never
        : T extends readonly (infer Item)[]
          ? Leaks<Item, [...Depth, 0]>
          : T extends AsyncIterable<infer Item>
            ? Leaks<Item, [...Depth, 0]>
            : T extends object
              ? { [Key in keyof T]-?: Key extends Sealed ? Key : Leaks<T[Key], [...Depth, 0]> }[keyof T]
              : never;

declare function mustBeNever<T extends never>(): T;

mustBeNever<Leaks<inferRouterOutputs<AppRouter>>>();

mustBeNever<Leaks<{ items: { name: string; at: Date | null }[] }>>();
// @ts-expect-error a sealed value in a list is found
mustBeNever<Leaks<{ items: { sealedValue: string }[] }>>();
// @ts-expect-error a hash in a stream is found
mustBeNever<Leaks<{ live: AsyncIterable<{ user: { passwordHash: string | null } }> }>>();
// @ts-expect-error `any` could hide anything
mustBeNever<Leaks<{ item: { free: ReturnType<typeof JSON.parse> } }>>();
