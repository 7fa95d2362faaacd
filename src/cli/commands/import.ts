import { readTokenUser } from "../../api/directory/directory.js";
import { readOnly } from "../../api/read-only.js";
import { changeRecord } from "../../core/plan/change-record.js";
import { normalizeSets } from "../../core/diff/compare.js";
import { DiagnosticsError, InternalError } from "../../core/diagnostic.js";
import type { OrgPeople } from "../../core/people/org-people.js";
import { departedOwner } from "../../core/people/org-people.js";
import type { Kind } from "../../core/kind/kind.js";
import type { ResolvedResource, Resource } from "../../core/kind/resource.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import { getKind } from "../../core/kind/kinds.js";
import type { State } from "../../core/state/state.js";
import { resolveReferences } from "../../core/calls/resolve-references.js";
import type { KnownUsers } from "../../engine/people/known-users.js";
import { getDeparted, readUserStates } from "../../engine/people/known-users.js";
import { resolvePeople } from "../../engine/people/resolve-people.js";
import { writeOrgFirst } from "../../engine/apply/org-writer.js";
import { getResponses, readAll } from "../../engine/refresh/read-all.js";
import { textElements } from "../../resources/attributes.js";
import { kinds } from "../../resources/index.js";
import { checkAdoption } from "../../state/edit.js";
import { safeLine } from "../../core/safe-text.js";
import type { Command } from "../command.js";
import type { Context, ExitCode } from "../context.js";
import { withPlaces } from "../output/source-locations.js";
import type { ArgsOf } from "../parse/option-table.js";
import type { GlobalArgs } from "../parse/options.js";
import { fileOptions, orgOptions, refuseUnverifiedOrg, sessionOptions } from "../parse/options.js";
import type { Session } from "../session/session.js";
import { loadConfig } from "../session/load-config.js";
import { openSession, ownOrg } from "../session/session.js";
import { withSessionLock } from "../session/state-lock.js";
import { UsageError } from "../parse/usage-error.js";

const positionals = {
  address: { type: "string", isRequired: true, describe: "The address in the config" },
  id: { type: "string", isRequired: true, describe: "A room's jid, or a message's id" },
} as const;

const options = { ...fileOptions, ...sessionOptions, ...orgOptions };

type Args = ArgsOf<typeof positionals> & ArgsOf<typeof options> & GlobalArgs;

export const importCommand: Command<Args> = {
  description:
    "Records an existing room or message under an address of the config.\nNothing is changed in Genesys Cloud; the next plan shows the differences.",
  examples: [
    ["import rooms/incident-bridge adhoc-…@conference.ORG.orgspan.com", "a room by its jid"],
    ["import rooms/incident-bridge/messages/rules 5d1c…", "a message by its id"],
  ],
  positionals,
  options,
  async run(args, context): Promise<ExitCode> {
    const loaded = await loadConfig(args, context);
    const declared = loaded.resources.find(({ address }) => address === args.address);
    if (declared === undefined)
      throw new UsageError(`The config does not declare ${args.address}. Declare it first.`);
    const byName = new Map(kinds.map((one) => [one.name, one]));
    const kind = getKind(byName, declared.kind);
    if (!kind.plan.adopts)
      throw new UsageError(`${args.address} needs no import: chatform finds it by itself.`);
    const session = await openSession(args, loaded.state, context);
    return withSessionLock(session, "import", context, async () => {
      const state = await session.store.read();
      const wanted = { address: args.address, kind: kind.name, id: args.id };
      if (checkAdoption(state, wanted, session.store.location) === "recorded") {
        context.stdout.write(`${args.address} is recorded as ${safeLine(args.id)} already. Nothing to do.\n`);
        return 0;
      }
      const { org } = await ownOrg(session, state, context);
      refuseUnverifiedOrg(state, org, args);
      const people = await resolvePeople({
        api: readOnly(session.api),
        kinds: byName,
        resources: [declared],
        state,
        refresh: true,
        signal: context.stop,
        onEvent: () => undefined,
      });
      if (people.problems.length > 0) throw new DiagnosticsError(withPlaces(people.problems, loaded));
      const resources = new Map(loaded.resources.map((one) => [one.address, one]));
      for (const one of people.resources) resources.set(one.address, one);
      return record(args, session, kind, { state, org, resources, users: people.users }, context);
    });
  },
};

/** The state, its org and the declared resources before an import. */
interface Known {
  readonly state: State | undefined;
  readonly org: OrgIdentity;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly users: KnownUsers;
}

async function record(
  { address, id }: Args,
  session: Session,
  kind: Kind,
  { state, org, resources, users }: Known,
  context: Context,
): Promise<ExitCode> {
  const resource = resources.get(address);
  if (resource === undefined) throw new UsageError(`The config does not declare ${address}.`);
  const { applied: _applied, ...subject } = { ...resolveReferences(resource, { state, resources }), id };
  if (subject.container !== undefined && typeof subject.container !== "string") {
    throw new UsageError(`${subject.container.$ref} does not exist yet: import or create it first.`);
  }
  refuseDepartedOwner(address, subject, getDeparted(users));
  const api = readOnly(session.api);
  const reads = kind.live.reads(subject);
  const results = await readAll(api, reads, { parallelism: session.parallelism, signal: context.stop });
  for (const result of results.values()) if (!result.ok) throw result.error;
  const responses = getResponses(reads, results);
  const blind = kind.live.decode(subject, responses, undefined);
  if (!blind.present)
    throw new UsageError(`Genesys Cloud has no ${kind.title} with the id ${id}. Nothing was recorded.`);
  const asks = kind.plan.needsUser && kind.plan.dependsOnUser(subject, blind);
  const live = asks ? kind.live.decode(subject, responses, await readTokenUser(api, context.stop)) : blind;
  if (!live.present) throw new InternalError(`${address} is gone from a response that had it`);
  const { container } = subject;
  const present = normalizeSets(live.attributes, kind.live.sets);
  const listed = kind.live.users.flatMap((path) => textElements(present, path));
  const departed = getDeparted(await readUserStates(api, listed, users, context.stop));
  const resourceRecord = {
    ...changeRecord(kind, subject, present, undefined, { tokenUser: undefined, departed }),
    kind: kind.name,
    id,
    ...(container === undefined ? {} : { container }),
  };
  const writer = writeOrgFirst(await session.store.open(state), state, org);
  try {
    await writer.append({ type: "record", address, resource: resourceRecord });
  } finally {
    await writer.close();
  }
  context.stdout.write(`Imported ${address} (${id}). To see the differences: chatform plan\n`);
  return 0;
}

/** @throws UsageError for the 1on1 with a departed user, which chatform leaves alone */
function refuseDepartedOwner(
  address: string,
  resource: ResolvedResource,
  departed: OrgPeople["departed"],
): void {
  const owner = departedOwner(resource, { departed });
  if (owner === undefined) return;
  const { state = "deleted", email = owner } = departed.get(owner) ?? {};
  throw new UsageError(
    `${email} is ${state} in the directory, so chatform leaves ${address} alone. Nothing was recorded. To remove the user from the config: chatform fix --departed`,
  );
}
