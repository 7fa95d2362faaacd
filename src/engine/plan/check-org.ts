import type { Api } from "../../api/api.js";
import { readChatDomain, readOrganization } from "../../api/directory/organization.js";
import type { Address } from "../../core/address.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { orgName } from "../../core/org/org-identity.js";
import type { OrgIdentity, OrgMatch } from "../../core/org/org-identity.js";
import type { OrgEvidence } from "../../core/org/state-org.js";
import { isNamed, isStrong, matchOrgs } from "../../core/org/org-identity.js";
import { getStateOrgs } from "../../core/org/state-org.js";
import { allowUnverifiedText } from "../../core/org/state-org.js";
import type { LiveValue } from "../../core/kind/read.js";
import type { Resource } from "../../core/kind/resource.js";
import type { Plan } from "../../core/plan/plan.js";
import type { State } from "../../core/state/state.js";
import type { OnEvent } from "../events.js";
import { throwDiagnostics } from "../refresh/read-failed.js";

/** The state and the plan to compare with the org of the credentials. */
export interface OrgCheckInput {
  readonly state: State | undefined;
  /** The saved plan to apply. */
  readonly plan?: Plan;
  /** Accepts a saved plan whose org can't be verified: `--allow-unverified-org`. */
  readonly allowUnverified?: boolean | undefined;
}

export interface OrgCheck {
  /** The org of the credentials, as far as it is known. */
  readonly org: OrgIdentity;
  /** True if the identity of the state's org could not be compared. */
  readonly unverified: boolean;
}

/**
 * Reads the org of the credentials and compares it with those of the state and the plan. Sends one request if the service
 * reveals the org, otherwise up to four.
 *
 * @throws DiagnosticsError `another-org` for a state or plan of another org; `read-failed` if a request fails, but not if
 *   the service refuses it
 */
export async function checkOrg(
  api: Api,
  { state, plan, allowUnverified = false }: OrgCheckInput,
  signal: AbortSignal | undefined,
  onEvent: OnEvent,
): Promise<OrgCheck> {
  const recorded = state === undefined ? [] : getStateOrgs(state);
  const planned: readonly OrgEvidence[] = plan === undefined ? [] : [{ org: plan.org }];
  const org = await throwDiagnostics(readOrg(api, [...recorded, ...planned], signal));
  const ofState = matchAll(recorded, org);
  const ofPlan = matchAll(planned, org);
  if (ofPlan.match === "other") throw refusal("plan", ofPlan.evidence, org);
  if (ofState.match === "other") throw refusal("state", ofState.evidence, org);
  if (ofPlan.match === "unverified") {
    if (!allowUnverified && (isNamed(ofPlan.evidence.org) || isNamed(org)))
      throw unverifiedPlan(ofPlan.evidence.org, org);
    onEvent({ type: "notice", text: unverifiedText("saved plan", ofPlan.evidence.org, org) });
  }
  // Reading is allowed if nothing contradicts; commands that write refuse (`unverifiedOrgProblem`).
  if (ofState.match === "unverified")
    onEvent({ type: "notice", text: unverifiedText("state", ofState.evidence.org, org) });
  return { org, unverified: ofState.match === "unverified" };
}

/**
 * Runs `work` during the check of the org, and aborts the work if the check fails.
 *
 * @param work receives a signal that aborts it, and the result of the check
 * @throws the error of the check, otherwise the error of `work`
 */
export async function whileChecking<T>(
  check: (signal: AbortSignal) => Promise<OrgCheck>,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, checked: Promise<OrgCheck>) => Promise<T>,
): Promise<T> {
  const refused = new AbortController();
  const either = signal === undefined ? refused.signal : AbortSignal.any([signal, refused.signal]);
  const checked = check(either);
  checked.catch((error: unknown) => {
    refused.abort(error);
  });
  const [org, done] = await Promise.allSettled([checked, work(either, checked)]);
  if (org.status === "rejected") throw org.reason as Error;
  if (done.status === "rejected") throw done.reason as Error;
  return done.value;
}

/**
 * Refuses a state of an unverified org if none of its rooms exists: the API cannot delete rooms, so the state probably
 * belongs to another org, and everything would be created a second time.
 *
 * @throws DiagnosticsError
 */
export function refuseMissingRooms(
  { unverified, org }: OrgCheck,
  resources: readonly Resource[],
  live: ReadonlyMap<Address, LiveValue>,
  state: State | undefined,
): void {
  if (!unverified) return;
  // Only rooms whose jid the state records: an unknown jid in the config is refused elsewhere.
  const read = resources.filter(
    ({ address, kind, id }) =>
      kind === "rooms/*" && id === undefined && state?.resources[address] !== undefined && live.has(address),
  );
  const [first] = read;
  if (first === undefined || read.some(({ address }) => live.get(address)?.present === true)) return;
  throw new DiagnosticsError([
    {
      ...problem("The state may belong to another org"),
      detail: `None of the rooms in the state (${read.length}) exists for these credentials, which do not reveal their org: ${orgName(org)}.`,
      help: `Use the credentials of the state's org, or another state: --state FILE. If the room is gone for good: chatform state forget ${first.address}.`,
      address: first.address,
    },
  ]);
}

async function readOrg(
  api: Api,
  others: readonly OrgEvidence[],
  signal: AbortSignal | undefined,
): Promise<OrgIdentity> {
  const own = await readOrganization(api, signal);
  const comparesDomains = others.some(({ org }) => org.id === undefined && org.domain !== undefined);
  const domain = own === undefined || comparesDomains ? await readChatDomain(api, signal) : undefined;
  const { clientId, ...place } = api.endpoint ?? {};
  const known = { ...own, ...(domain === undefined ? {} : { domain }), ...place };
  return isStrong(known) || clientId === undefined ? known : { ...known, clientId };
}

/** Returns the worst match: "other" before "unverified" before "same". */
function matchAll(
  evidence: readonly OrgEvidence[],
  org: OrgIdentity,
):
  { readonly match: "same" } | { readonly match: Exclude<OrgMatch, "same">; readonly evidence: OrgEvidence } {
  for (const match of ["other", "unverified"] as const) {
    const found = evidence.find((one) => matchOrgs(one.org, org) === match);
    if (found !== undefined) return { match, evidence: found };
  }
  return { match: "same" };
}

function refusal(
  what: "state" | "plan",
  { org: its, address, jid }: OrgEvidence,
  { environment, ...org }: OrgIdentity,
): DiagnosticsError {
  // If both ids are known, they are compared in preference to the domains.
  const byJid = jid !== undefined && (its.id === undefined || org.id === undefined);
  const theirs = byJid ? `the org of ${its.domain ?? ""}: ${address ?? ""} is ${jid}` : orgName(its);
  const ours = byJid ? `${orgName(org)}, whose jids end in ${org.domain ?? ""}` : orgName(org);
  const ofState = what === "state";
  const place = environment === undefined ? "state" : `state of the environment ${environment}`;
  return new DiagnosticsError([
    {
      ...problem(ofState ? "The state belongs to another org" : "The saved plan belongs to another org"),
      detail: `The ${ofState ? `${place} belongs to` : "plan was made for"} ${theirs}. These credentials belong to ${ours}. Nothing was changed.`,
      help: ofState
        ? `Use the credentials of the state's org, or another state: --state FILE.`
        : "Use the credentials of the plan's org, or plan again: chatform plan --out FILE.",
      ...(byJid && address !== undefined ? { address } : {}),
    },
  ]);
}

function unverifiedPlan(its: OrgIdentity, org: OrgIdentity): DiagnosticsError {
  return new DiagnosticsError([
    {
      ...problem("The org of the saved plan can't be verified"),
      detail: `The plan was made for ${orgName(its)}. These credentials reveal only ${orgName(org)}. Nothing was changed.`,
      help: `Plan with the credentials that apply the plan: chatform plan --out FILE. ${allowUnverifiedText}`,
    },
  ]);
}

function problem(summary: string): Pick<Diagnostic, "severity" | "code" | "summary"> {
  return { severity: "error", code: "another-org", summary };
}

function unverifiedText(what: string, its: OrgIdentity, org: OrgIdentity): string {
  return `The org could not be verified: the ${what} belongs to ${orgName(its)}, and these credentials reveal only ${orgName(org)}.`;
}
