import type { Address } from "../address.js";
import { topLevelAddress } from "../address.js";
import { refsIn } from "../calls/reference.js";
import type { Diagnostic } from "../diagnostic.js";
import type { DiagnosticCode } from "../diagnostic-codes.js";
import type { Json } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { tokens } from "../json/pointer.js";
import type { Resource } from "../kind/resource.js";
import { entryKey, entryText } from "../people/people-lists.js";
import { withDependents } from "../plan/selection.js";
import type { Compared } from "./compared.js";
import type { LeftScope, LeftToPerson } from "./left.js";

/**
 * Returns the resources that could not be read, and those that depend on them.
 *
 * @param resources all declared resources
 * @param audited the addresses of those to audit
 */
export function toUnread(
  problems: ReadonlyMap<Address, Diagnostic>,
  resources: readonly Resource[],
  audited: ReadonlySet<Address>,
): readonly LeftToPerson[] {
  const toLeft = (address: Address, problem: Diagnostic, text: string): LeftToPerson => ({
    ...{ address, reason: "unread", paths: [], ...problemParts(problem), text },
  });
  const dependents = [...withDependents(problems.keys(), resources)].filter(
    (address) => audited.has(address) && !problems.has(address),
  );
  // Resources depend only on others of the same room or user.
  const firstInChat = new Map([...problems].reverse().map((one) => [topLevelAddress(one[0]), one]));
  return [
    ...[...problems].map(([address, problem]) =>
      toLeft(address, problem, `could not be read. ${problem.detail ?? ""}`),
    ),
    ...dependents.flatMap((address) => {
      const found = firstInChat.get(topLevelAddress(address));
      return found === undefined
        ? []
        : toLeft(address, found[1], `depends on ${found[0]}, which could not be read`);
    }),
  ];
}

/**
 * Returns the people and sources of a list that could not be resolved, also those in the exceptions of a source: an entry for those that
 * are unknown or ambiguous, and one for each that could not be read.
 *
 * @param path "" for the members of a block for many users
 */
export function unresolvedPeople(
  address: string,
  path: Pointer,
  list: Json,
  { unknown: problems, people }: Pick<LeftScope, "unknown" | "people">,
): readonly LeftToPerson[] {
  const found = refsIn(list).flatMap((ref) => {
    const problem = problems.get(ref.$ref);
    return problem === undefined
      ? []
      : [{ name: entryText(entryKey(ref), people), reference: ref.$ref, problem }];
  });
  const where = path === "" ? "" : ` in ${attributeName(path)}`;
  const paths = path === "" ? [] : [path];
  const unreadable = found.filter(({ problem }) => unreadableCodes.has(problem.code));
  const unknown = found.filter(({ problem }) => !unreadableCodes.has(problem.code));
  const [first] = unknown;
  const verb = unknown.length === 1 ? "is" : "are";
  const names = listed(unknown.map(({ name }) => name));
  const text = `${names}${where} ${verb} unknown or ambiguous in Genesys Cloud`;
  return [
    ...(first === undefined
      ? []
      : [{ address, reason: "unknown", paths, text, reference: first.reference } as const]),
    ...unreadable.map(({ name, reference, problem }): LeftToPerson => ({
      ...{ address, reason: "unknown", paths, ...problemParts(problem), reference },
      text: `${name}${where} could not be read. ${problem.detail ?? ""}`,
    })),
  ];
}

/** Returns the problems that prevent the change of a resource. @param prevented by address */
export function preventedIn(
  { audited: { address }, differences }: Compared,
  prevented: ReadonlyMap<string | undefined, LeftScope["prevented"]>,
): readonly LeftToPerson[] {
  const own = prevented.get(address) ?? [];
  if (own.length === 0) return [];
  const repairable = differences.filter(({ left }) => left === undefined);
  const paths = [...new Set(repairable.map(({ path }) => path))];
  return own.map((problem): LeftToPerson => ({
    ...{ address, reason: "prevented", paths, ...problemParts(problem) },
    text: `${listed(paths.map(attributeName))} left unchanged. ${problem.detail ?? ""}`,
  }));
}

const unreadableCodes: ReadonlySet<DiagnosticCode> = new Set(["unreadable-source", "read-failed"]);

function problemParts({ code, help }: Diagnostic): Pick<LeftToPerson, "code" | "help"> {
  return { code, ...(help === undefined ? {} : { help }) };
}

export function attributeName(path: Pointer): string {
  return tokens(path).join(".");
}

/** Returns `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
