import type { OperationName } from "../../api/operations/operations.js";
import { isOperation, operation, operations } from "../../api/operations/operations.js";

interface Node {
  /** Fixed segments. */
  readonly fixed: Map<string, Node>;
  /** The node of a parameter, whose name depends on the operation. */
  param: Node | undefined;
  /** By method. */
  readonly operations: Map<string, { readonly operation: OperationName; readonly names: readonly string[] }>;
}

export type Route =
  | {
      readonly operation: OperationName;
      /** Decoded. */
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly operation?: undefined; readonly reason: "path" | "method" | "encoding" };

const root = build();

/** Finds the operation of a request. Fixed segments win over parameters, where both have the method. */
export function route(method: string, path: string): Route {
  const segments = path.split("/");
  const values: string[] = [];
  const state = { isPath: false };
  const found = walk(root, segments, 1, values, method, state);
  if (found === undefined) return { reason: state.isPath ? "method" : "path" };
  const params: Record<string, string> = {};
  for (const [at, name] of found.names.entries()) {
    const value = decode(values[at] ?? "");
    if (value === undefined) return { reason: "encoding" };
    params[name] = value;
  }
  return { operation: found.operation, params };
}

function walk(
  node: Node,
  segments: readonly string[],
  at: number,
  values: string[],
  method: string,
  state: { isPath: boolean },
): { readonly operation: OperationName; readonly names: readonly string[] } | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    if (node.operations.size > 0) state.isPath = true;
    return node.operations.get(method);
  }
  const next = node.fixed.get(segment);
  const found = next && walk(next, segments, at + 1, values, method, state);
  if (found !== undefined || node.param === undefined || segment === "") return found;
  values.push(segment);
  const byParam = walk(node.param, segments, at + 1, values, method, state);
  if (byParam === undefined) values.pop();
  return byParam;
}

function decode(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function build(): Node {
  const top = newNode();
  for (const name of Object.keys(operations).filter(isOperation)) {
    const { method, path } = operation(name);
    const names: string[] = [];
    let node = top;
    for (const segment of path.split("/").slice(1)) {
      if (segment.startsWith("{")) {
        names.push(segment.slice(1, -1));
        node = node.param ??= newNode();
      } else {
        const next = node.fixed.get(segment) ?? newNode();
        node.fixed.set(segment, next);
        node = next;
      }
    }
    node.operations.set(method, { operation: name, names });
  }
  return top;
}

function newNode(): Node {
  return { fixed: new Map(), param: undefined, operations: new Map() };
}
