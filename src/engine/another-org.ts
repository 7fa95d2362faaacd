import type { Api } from "../api/api.js";
import { actorJid } from "../api/directory.js";
import type { Address } from "../core/address.js";
import { DiagnosticsError } from "../core/diagnostic.js";
import { orgOf } from "../core/jid.js";
import type { Live, Resource } from "../core/kind.js";
import type { State } from "../core/state.js";

/**
 * Refuses a state that belongs to another org than the credentials: there, everything that it knows would seem to be gone, and be
 * made a second time. Asks nothing as long as every room that the state knows is there.
 *
 * @throws DiagnosticsError
 */
export async function refuseAnotherOrg(
  api: Api,
  resources: readonly Resource[],
  live: ReadonlyMap<Address, Live>,
  state: State | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Only the state says which these are; where the files say it, an id that leads nowhere is refused anyway.
  const remembered = resources.flatMap(({ address, id }) => {
    const jid = id === undefined ? (state?.resources[address]?.id ?? "") : "";
    return orgOf(jid) === undefined || !live.has(address) ? [] : [{ address, jid }];
  });
  const gone = remembered.filter(({ address }) => live.get(address)?.present === false);
  const [first] = gone;
  if (first === undefined) return;
  const own = orgOf((await actorJid(api, signal)) ?? "");
  const other = gone.find(({ jid }) => orgOf(jid) !== own);
  // Who can't tell the org has to be content with what is likely: not all rooms go at once.
  const isOther =
    own === undefined ? gone.length > 1 && gone.length === remembered.length : other !== undefined;
  if (!isOther) return;
  const { address, jid } = own === undefined ? first : (other ?? first);
  throw new DiagnosticsError([
    {
      severity: "error",
      code: "another-org",
      summary: "The state belongs to another org",
      detail:
        own === undefined
          ? `None of the ${gone.length} rooms that the state knows is there: these credentials are likely those of another org.`
          : `The state knows ${address} as ${jid}, and these credentials belong to ${own}. Everything would be made a second time.`,
      help: `Use the credentials of the state's org, or another state: --state FILE. If the rooms are gone for good: chatform state forget ${address}.`,
      address,
    },
  ]);
}
