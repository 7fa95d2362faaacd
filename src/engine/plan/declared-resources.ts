import type { Api } from "../../api/api.js";
import type { Address } from "../../core/address.js";
import { matchAnyPattern } from "../../core/address-patterns.js";
import { pathSegments } from "../../core/address.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Resource } from "../../core/kind/resource.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { addToMultimap, groupBy } from "../../core/multimap.js";
import type { SharedDeclaration } from "../../core/people/shared-declaration.js";
import type { Finding } from "../../core/plan/change.js";
import type { PlanOptions } from "../../core/plan/plan.js";
import type { AddressSet } from "../../core/plan/selection.js";
import { findUnmatchedPatterns, selectAddresses } from "../../core/plan/selection.js";
import type { Move } from "../../core/state/moved-addresses.js";
import type { State } from "../../core/state/state.js";
import { nextTurn } from "../../core/time/turns.js";
import type { OnEvent } from "../events.js";
import type { ResolvedPeople } from "../people/resolve-people.js";
import { resolvePeople } from "../people/resolve-people.js";
import { throwDiagnostics } from "../refresh/read-failed.js";

export interface DeclaredInput {
  readonly api: Api;
  readonly kinds: Kinds;
  /** All declared resources. */
  readonly resources: readonly Resource[];
  readonly shared: readonly SharedDeclaration[];
  /** The renamed addresses in the config. */
  readonly moved: readonly Move[];
  readonly state: State | undefined;
  readonly options: Pick<PlanOptions, "refresh" | "targets" | "excludes">;
  /** Returns true for problems that end the command. Default: all. */
  readonly isFatal?: (problem: Diagnostic) => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

/** The declared resources, with the settings for many users expanded. */
export interface DeclaredResources {
  /** The selected ones. People are replaced by ids. */
  readonly resources: readonly Resource[];
  /** The others. References to people may not be replaced. */
  readonly unselected: readonly Resource[];
  /** Returns all declared addresses, selected or not. */
  readonly getAddresses: () => ReadonlySet<Address>;
  readonly people: ResolvedPeople;
  /** Findings about people, by the address of a selected resource. */
  readonly findings: ReadonlyMap<Address, readonly Finding[]>;
  /** Returns the selected addresses, of the resources and of a state. */
  readonly select: (state: State | undefined) => AddressSet;
}

/**
 * Resolves the people in the selected resources, and expands the settings for many users.
 *
 * @throws DiagnosticsError for targets and excludes that match nothing; for each unknown, ambiguous or unreadable user or source
 */
export async function resolveDeclared(input: DeclaredInput): Promise<DeclaredResources> {
  const { api, kinds, state, options, signal, onEvent } = input;
  // The config is compared with the state before anything is read, for seconds where they have 100,000 resources.
  const tellComparing = (): void => {
    onEvent({ type: "phase", phase: "compare", total: 0 });
  };
  tellComparing();
  const shared = mayMatchUsers(options.targets) ? input.shared : [];
  if (shared.length === 0) checkSelection(input, input.resources);
  const recorded = Object.keys(state?.resources ?? {});
  const asked = selectAddresses(input.resources, recorded, options);
  // The users' own blocks are needed to expand the others, also where they are not selected.
  const joined = new Set(shared.map(({ kind }) => kind));
  const isWanted = ({ address, kind }: Resource): boolean => asked.has(address) || joined.has(kind);
  const wanted = input.resources.filter(isWanted);
  const people = await throwDiagnostics(
    resolvePeople({
      ...{ api, kinds, resources: wanted, shared, state, signal, onEvent },
      refresh: options.refresh,
    }),
  );
  const { isFatal = () => true } = input;
  if (people.problems.some(isFatal)) throw new DiagnosticsError(people.problems);
  tellComparing();
  await nextTurn(signal);
  const all = [...people.resources, ...input.resources.filter((resource) => !isWanted(resource))];
  if (shared.length > 0) checkSelection(input, all);
  const select = (now: State | undefined): AddressSet =>
    selectAddresses(all, Object.keys(now?.resources ?? {}), options);
  const chosen = select(state);
  const resources = people.resources.filter(({ address }) => chosen.has(address));
  return {
    resources,
    unselected: all.filter(({ address }) => !chosen.has(address)),
    getAddresses: () => new Set(all.map(({ address }) => address)),
    people,
    findings: findingsByAddress(people, resources),
    select,
  };
}

/** Returns true if a target may match an address in `users`. */
function mayMatchUsers(targets: readonly string[]): boolean {
  return (
    targets.length === 0 ||
    targets.some((target) => matchAnyPattern([pathSegments(target)[0] ?? ""])("users"))
  );
}

/** Moves each finding about a user in a block for many users to that user's resource, or to another resource of the block. */
function findingsByAddress(
  { findings, shared }: ResolvedPeople,
  resources: readonly Resource[],
): ReadonlyMap<Address, readonly Finding[]> {
  const byAddress = new Map<Address, Finding[]>();
  const blocks = new Set(shared.map(({ declaration }) => declaration.entry));
  const byBlock = groupBy(resources, ({ from }) => from?.entry);
  for (const [holder, list] of findings) {
    const ofBlock = blocks.has(holder) ? (byBlock.get(holder) ?? []) : [];
    const byUser = new Map(ofBlock.map((resource) => [resource.id, resource]));
    for (const finding of list) {
      const shown = byUser.get(finding.user) ?? ofBlock[0];
      const address = blocks.has(holder) ? shown?.address : holder;
      if (address !== undefined) addToMultimap(byAddress, address, finding);
    }
  }
  return byAddress;
}

/** @throws DiagnosticsError for targets and excludes that match nothing */
function checkSelection({ options, state, moved }: DeclaredInput, resources: readonly Resource[]): void {
  const { targets, excludes } = options;
  if (targets.length + excludes.length === 0) return;
  const addresses = [
    ...resources.map(({ address }) => address),
    ...Object.keys(state?.resources ?? {}),
    ...(state?.uncertain ?? []).map(({ address }) => address),
  ];
  const problems = [
    ...findUnmatchedPatterns("--target", targets, addresses, moved),
    ...findUnmatchedPatterns("--exclude", excludes, addresses, moved),
  ];
  if (problems.length > 0) throw new DiagnosticsError(problems);
}
