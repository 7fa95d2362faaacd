import { readTokenUser } from "../../api/directory/directory.js";
import { readOnly } from "../../api/read-only.js";
import { changeRecord } from "../../core/plan/changes/change-record.js";
import { normalizeSets } from "../../core/diff/compare.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { sameId } from "../../core/jid.js";
import type { JsonObject } from "../../core/json/json.js";
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
import { getRecordedEmails } from "../../engine/people/recorded-entries.js";
import { resolvePeople } from "../../engine/people/resolve-people.js";
import { writeOrgFirst } from "../../engine/apply/org-writer.js";
import { makeMoves, withMoves } from "../../engine/plan/moves.js";
import { readValues } from "../../engine/refresh/refresh.js";
import { textElements } from "../../resources/attributes.js";
import { kinds } from "../../resources/index.js";
import { checkAdoption } from "../../state/edit.js";
import { systemClock } from "../../core/time/clock.js";
import type { Loaded } from "../../config/load.js";
import { safeLine } from "../../core/safe-text.js";
import { shellWord } from "../../core/shell-word.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { People } from "../../views/text/values.js";
import type { Command } from "../command.js";
import type { Context, ExitCode } from "../context.js";
import { withErrorPlaces, withPlaces } from "../output/source-locations.js";
import type { ArgsOf } from "../parse/option-table.js";
import type { GlobalArgs } from "../parse/options.js";
import {
  fileOptions,
  listAddresses,
  orgOptions,
  refuseUnverifiedOrg,
  sessionOptions,
} from "../parse/options.js";
import type { Session } from "../session/session.js";
import { loadConfig } from "../session/load-config.js";
import { showingProgress } from "../session/progress-timer.js";
import { openSession, ownOrg } from "../session/session.js";
import { withSessionLock } from "../session/state-lock.js";
import { UsageError } from "../parse/usage-error.js";

const kindsByName = new Map(kinds.map((one) => [one.name, one]));

const positionals = {
  address: {
    type: "string",
    isRequired: true,
    describe: "The address in the config",
    completesWith: listAddresses,
  },
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
    if (declared === undefined) throw undeclared(args, loaded);
    const kind = getKind(kindsByName, declared.kind);
    if (!kind.plan.adopts)
      throw new UsageError(`${args.address} needs no import: chatform finds it by itself.`);
    const session = await openSession(args, loaded, context);
    return withSessionLock(session, "import", context, async () => {
      const recorded = await session.readState();
      const { state } = makeMoves(recorded, loaded.moved);
      const wanted = { address: args.address, kind: kind.name, id: args.id };
      const emails = getRecordedEmails(state);
      refuseDeclaredId(loaded, declared, args.id, emails);
      if (checkAdoption(state, wanted, session.store.location) === "recorded") {
        context.stdout.write(
          `${namedAddress(args.address, emails)} is recorded as ${safeLine(args.id)} already. Nothing to do.\n`,
        );
        return 0;
      }
      const { org } = await ownOrg(session, state, context);
      refuseUnverifiedOrg(state, org, args);
      const people = await showingProgress(context, session.pace, (onEvent) =>
        resolvePeople({
          api: readOnly(session.api),
          kinds: kindsByName,
          resources: [declared],
          state,
          refresh: true,
          signal: context.stop,
          onEvent,
        }),
      );
      if (people.problems.length > 0) throw new DiagnosticsError(withPlaces(people.problems, loaded));
      const resources = new Map(loaded.resources.map((one) => [one.address, one]));
      for (const one of people.resources) resources.set(one.address, one);
      const known = { state, recorded, org, resources, users: people.users, emails: people.names };
      return withErrorPlaces(loaded, state, () => record(args, session, kind, known, context));
    });
  },
};

function undeclared({ address, id }: Args, { moved }: Loaded): UsageError {
  const to = withMoves(undefined, moved).toAddress(address);
  const help =
    to === address ? "Declare it first." : `It has moved: chatform import ${shellWord(to)} ${shellWord(id)}`;
  return new UsageError(`The config does not declare ${address}. ${help}`);
}

/** @throws UsageError if the config declares another id for the address, or the id for another address */
function refuseDeclaredId(
  { resources }: Loaded,
  { address, kind, id }: Resource,
  given: string,
  emails: People,
): void {
  if (typeof id === "string" && !sameId(id, given))
    throw new UsageError(
      `The config declares ${namedAddress(address, emails)} as ${id}, not as ${given}. Nothing was recorded. Correct one of the two.`,
    );
  const other = resources.find(
    (one) =>
      one.kind === kind && one.address !== address && typeof one.id === "string" && sameId(one.id, given),
  );
  if (other !== undefined)
    throw new UsageError(
      `The config declares ${given} as ${namedAddress(other.address, emails)}. Nothing was recorded. Remove one of the two declarations.`,
    );
}

/** The state, its org and the declared resources before an import. */
interface Known {
  /** The state with the addresses of the config. */
  readonly state: State | undefined;
  /** The state that the import changes. */
  readonly recorded: State | undefined;
  readonly org: OrgIdentity;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly users: KnownUsers;
  /** By user id. */
  readonly emails: People;
}

async function record(
  { address, id }: Args,
  session: Session,
  kind: Kind,
  known: Known,
  context: Context,
): Promise<ExitCode> {
  const { state, recorded, org, resources, users, emails } = known;
  const declared = resources.get(address);
  if (declared === undefined) throw new UsageError(`The config does not declare ${address}.`);
  const resource: Resource = { ...declared, id };
  const { applied: _applied, ...subject } = { ...resolveReferences(resource, { state, resources }), id };
  const { container } = subject;
  if (container !== undefined && typeof container !== "string") {
    throw new UsageError(`${container.$ref} does not exist yet: import or create it first.`);
  }
  refuseDepartedOwner(address, subject, getDeparted(users));
  const api = readOnly(session.api);
  const live = await readLive({ ...session, api }, kind, resource, known, context);
  const listed = kind.live.users.flatMap((path) => textElements(live, path));
  const departed = getDeparted(await readUserStates(api, listed, users, context.stop));
  const people = { tokenUser: undefined, departed };
  const wrong = kind.plan.goal(subject, live, people).findings?.find(({ severity }) => severity === "error");
  if (wrong !== undefined) throw new UsageError(`${wrong.text} Nothing was recorded.`);
  const resourceRecord = {
    ...changeRecord(kind, subject, live, undefined, people),
    kind: kind.name,
    id,
    ...(container === undefined ? {} : { container }),
  };
  const writer = writeOrgFirst(await session.store.open(recorded), recorded, org);
  try {
    await writer.append({ type: "record", address, resource: resourceRecord });
  } finally {
    await writer.close();
  }
  context.stdout.write(
    context.repeatOptions(
      `Imported ${namedAddress(address, emails)} as ${id}. To see the differences: chatform plan\n`,
    ),
  );
  return 0;
}

/** Reads the live attributes of the imported object. @throws UsageError if it is not found twice; DiagnosticsError for failed reads */
async function readLive(
  { api, parallelism, patienceMs }: Session,
  kind: Kind,
  resource: Resource,
  { state, resources }: Known,
  { stop: signal }: Context,
): Promise<JsonObject> {
  const { address } = resource;
  const known = { state, resources: new Map(resources).set(address, resource) };
  const waiting = { parallelism, patienceMs, clock: systemClock, signal, onEvent: () => undefined };
  const { decode } = await readValues({ api, kinds: kindsByName, resources: [resource], known, ...waiting });
  const blind = (await decode(undefined)).get(address);
  const needsUser = kind.plan.needsUser && kind.plan.dependsOnUser(resolveReferences(resource, known), blind);
  const found = needsUser ? (await decode(await readTokenUser(api, signal))).get(address) : blind;
  if (found?.present === true) return normalizeSets(found.attributes, kind.live.sets);
  const id = typeof resource.id === "string" ? resource.id : address;
  throw new UsageError(
    `Genesys Cloud has no ${kind.title} with the id ${id} (404, checked twice), or these credentials cannot see it. Nothing was recorded.`,
  );
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
