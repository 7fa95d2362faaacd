import type { Api } from "../../api/api.js";
import { ApiError } from "../../api/errors.js";
import { readChatDomain } from "../../api/directory/organization.js";
import { asJson, sameJson } from "../../core/json/json.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import { isStrong, learnedOrg } from "../../core/org/org-identity.js";
import { getStateOrgs } from "../../core/org/state-org.js";
import type { JournalEntry, State } from "../../core/state/state.js";
import type { StateWriter } from "../../state/store.js";

/**
 * Returns a writer that writes the org, if new, before its first entry: every written state records its org, and a run
 * that writes nothing creates no state.
 *
 * @param state the state that the writer changes
 * @param org the org of the credentials
 */
export function writeOrgFirst(writer: StateWriter, state: State | undefined, org: OrgIdentity): StateWriter {
  let unwritten = orgEntry(state, org);
  return {
    append(entry) {
      const first = entry.type === "org" ? undefined : unwritten;
      unwritten = undefined;
      if (first === undefined) return writer.append(entry);
      // In this order; if one write fails, both fail.
      return Promise.all([writer.append(first), writer.append(entry)]).then(() => undefined);
    },
    hasten: () => {
      writer.hasten();
    },
    noteCall: () => {
      writer.noteCall();
    },
    current: () => writer.current(),
    close: () => writer.close(),
  };
}

/**
 * Returns the org entry for a state without a reliable org. An apply writes it even if nothing else changes.
 */
export function getMissingOrg(state: State | undefined, org: OrgIdentity): readonly JournalEntry[] {
  const recorded = state?.org ?? {};
  const isMissing = state !== undefined && isStrong(org) && !isStrong(recorded);
  const entry = isMissing ? orgEntry(state, org) : undefined;
  return entry === undefined ? [] : [entry];
}

/**
 * Returns the org to record: the plan's org, with its jid domain if the state has none yet. Later runs compare the domain if
 * their credentials do not reveal the org's id. The domain is read once in the life of a state, and left out if the read fails
 * or the run is stopped.
 */
export async function getOrgToRecord(
  org: OrgIdentity,
  { state, stop }: { readonly state: State | undefined; readonly stop: AbortSignal },
  api: Api,
): Promise<OrgIdentity> {
  const knowsDomain = state !== undefined && getStateOrgs(state).some((one) => one.org.domain !== undefined);
  if (org.id === undefined || org.domain !== undefined || knowsDomain) return org;
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
  const isKnown = state?.org !== undefined && sameJson(asJson(learned), asJson(state.org));
  return isKnown ? undefined : { type: "org", org: learned };
}
