// Makes an argument for any parameter from its type alone, so that a query needs no sample written by hand.
import ts from "typescript";

/** `full`: every optional thing is given. `bare`: it is left out, or null. */
export type Variant = "full" | "bare";

export type Sampling = { checker: ts.TypeChecker; variant: Variant; db: unknown };

const depthMax = 8;
const moment = new Date(0);

export function sampleOf(type: ts.Type, name: string, sampling: Sampling, depth = 0): unknown {
  if (isDatabase(type)) return sampling.db;
  if (type.isUnion()) return sampleOfUnion(type, name, sampling, depth);
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  const plain = sampleOfPrimitive(type, name, sampling);
  if (plain) return plain.value;
  return depth > depthMax ? {} : sampleOfObject(type, name, sampling, depth);
}

function isDatabase(type: ts.Type): boolean {
  return ["Kysely", "Transaction"].includes(type.symbol?.name ?? "") || ["Db", "Tx"].includes(type.aliasSymbol?.name ?? "");
}

function sampleOfUnion(type: ts.UnionType, name: string, sampling: Sampling, depth: number): unknown {
  const empty = type.types.find((member) => (member.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) !== 0);
  if (empty && sampling.variant === "bare") return (empty.flags & ts.TypeFlags.Null) !== 0 ? null : undefined;
  if ((type.flags & ts.TypeFlags.Boolean) !== 0) return sampling.variant === "full";
  const first = type.types.find((member) => (member.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) === 0);
  return first ? sampleOf(first, name, sampling, depth) : null;
}

function sampleOfPrimitive(type: ts.Type, name: string, { variant }: Sampling): { value: unknown } | null {
  const is = (flags: ts.TypeFlags) => (type.flags & flags) !== 0;
  if (is(ts.TypeFlags.StringLike | ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return { value: `<${name}>` };
  if (is(ts.TypeFlags.NumberLike)) return { value: 1 };
  if (is(ts.TypeFlags.BigIntLike)) return { value: 1n };
  if (is(ts.TypeFlags.BooleanLike)) return { value: variant === "full" };
  if (is(ts.TypeFlags.Null)) return { value: null };
  if (is(ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never)) return { value: undefined };
  return null;
}

function sampleOfObject(type: ts.Type, name: string, sampling: Sampling, depth: number): unknown {
  const { checker } = sampling;
  const symbol = type.symbol?.name ?? "";
  if (symbol === "Date") return moment;
  if (["Buffer", "Uint8Array"].includes(symbol)) return Buffer.from("bytes");
  if (checker.isArrayType(type) || checker.isTupleType(type))
    return sampleOfItems(type as ts.TypeReference, name, sampling, depth);
  if (["Set", "ReadonlySet"].includes(symbol)) return new Set(sampleOfItems(type as ts.TypeReference, name, sampling, depth));
  if (["Map", "ReadonlyMap"].includes(symbol)) return new Map();
  const returned = type.getCallSignatures()[0]?.getReturnType();
  if (returned) return () => sampleOf(returned, name, sampling, depth + 1);
  return Object.fromEntries(
    inOrder(checker.getPropertiesOfType(type)).flatMap((property) => {
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      if (isOptional && sampling.variant === "bare") return [];
      return [[property.name, sampleOf(checker.getTypeOfSymbol(property), property.name, sampling, depth + 1)]];
    }),
  );
}

/** As they were written down: the order in which the compiler met them changes with files that have nothing to do with them. */
function inOrder(properties: readonly ts.Symbol[]): ts.Symbol[] {
  const placeOf = (property: ts.Symbol) => property.declarations?.[0]?.pos ?? 0;
  const fileOf = (property: ts.Symbol) => property.declarations?.[0]?.getSourceFile().fileName ?? "";
  return [...properties].sort((a, b) => fileOf(a).localeCompare(fileOf(b)) || placeOf(a) - placeOf(b));
}

function sampleOfItems(type: ts.TypeReference, name: string, sampling: Sampling, depth: number): unknown[] {
  return sampling.checker.getTypeArguments(type).map((item) => sampleOf(item, name, sampling, depth + 1));
}
