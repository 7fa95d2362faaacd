import type { Api } from "../../api/api.js";
import { ApiError } from "../../api/errors.js";
import { readChatDomain } from "../../api/directory/organization.js";
import type { Json } from "../../core/json/json.js";
import { sameJson } from "../../core/json/json.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import { isStrong, learnedOrg } from "../../core/org/org-identity.js";
import { getStateOrgs } from "../../core/org/state-org.js";
import type { Plan } from "../../core/plan/plan.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import type { StateWriter } from "../../state/store.js";

/**
 * The same writer, but the first entry that it writes is preceded by the org, where that is news: so a state that is written at
 * all knows its org, and a run that writes nothing makes no state.
 *
 * @param state what the writer writes over
 * @param org of the credentials
 */
export function writeOrgFirst(writer: StateWriter, state: State | undefined, org: OrgIdentity): StateWriter {
  let owed = orgEntry(state, org);
  return {
    append(entry) {
      const first = entry.type === "org" ? undefined : owed;
      owed = undefined;
      if (first === undefined) return writer.append(entry);
      // Handed over in this order; what fails, fails both.
      return Promise.all([writer.append(first), writer.append(entry)]).then(() => undefined);
    },
    current: () => writer.current(),
    close: () => writer.close(),
  };
}

/**
 * Returns the entry that an apply writes even if it changes nothing else: the org, for a state that can't tell its org for sure
 * yet.
 */
export function getMissingOrg(state: State | undefined, org: OrgIdentity): readonly JournalEntry[] {
  const recorded = state?.org ?? {};
  const isMissing = state !== undefined && isStrong(org) && !isStrong(recorded);
  const entry = isMissing ? orgEntry(state, org) : undefined;
  return entry === undefined ? [] : [entry];
}

/**
 * Returns the org to record: that of the plan, with its domain in jids where the state can't tell that yet. So a later run whose
 * credentials don't tell the org's id can be told from one of another org. Asked once in the life of a state.
 *
 * A domain that can't be read is left out, and so is one where the run is told to stop.
 */
export async function getOrgToRecord(
  {
    plan,
    state,
    stop,
  }: { readonly plan: Plan; readonly state: State | undefined; readonly stop: AbortSignal },
  api: Api,
): Promise<OrgIdentity> {
  const { org, changes } = plan;
  const knowsDomain = state !== undefined && getStateOrgs(state).some((one) => one.org.domain !== undefined);
  if (changes.length === 0 || org.id === undefined || org.domain !== undefined || knowsDomain) return org;
  try {
    const domain = await readChatDomain(api, stop);
    return domain === undefined ? org : { ...org, domain };
  } catch (error) {
    if (error instanceof ApiError || stop.aborted) return org;
    throw error;
  }
}

function orgEntry(state: State | undefined, org: OrgIdentity): JournalEntry | undefined {
  const learned = learnedOrg(state?.org, org);
  if (learned === undefined) return undefined;
  const isKnown = state?.org !== undefined && sameJson(learned as Json, state.org as Json);
  return isKnown ? undefined : { type: "org", org: learned };
}
