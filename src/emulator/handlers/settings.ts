import type { OperationCall, Handlers } from "../handler.js";
import { pathParam } from "../handler.js";
import { requireUser } from "../org/lookup.js";
import type { OrgSettings, UserSettings } from "../org/settings.js";
import type { User } from "../org/users.js";
import { defaultOrgSettings, defaultUserSettings } from "../org/settings.js";

/** Where a write that omits members starts from. */
function base<T>(mode: "reset" | "keep", kept: T, defaults: T): T {
  return mode === "reset" ? defaults : kept;
}

function changeOrg(call: OperationCall<Partial<OrgSettings>>, mode: "reset" | "keep"): OrgSettings {
  const cell = call.org.settings;
  const changed = { ...base(mode, cell.latest(), defaultOrgSettings), ...call.body };
  cell.write(changed);
  return changed;
}

/** PATCH of a user's settings: members that this operation can't name are never reset. */
function changeUser(
  call: OperationCall<unknown>,
  user: User,
  changes: Partial<UserSettings>,
  defaults: Partial<UserSettings>,
): UserSettings {
  const kept = user.settings.latest();
  const reset = call.variants.patchSettings === "reset" ? defaults : {};
  const changed = { ...kept, ...reset, ...changes };
  user.settings.write(changed);
  return changed;
}

/** The caller's settings. A client that was let in without a user has the settings of nobody, and gets the defaults. */
function own(call: OperationCall<unknown>): User {
  return call.caller.isUser
    ? requireUser(call.org, call.caller.id)
    : { ...nobody, id: call.caller.id, settings: call.org.cell(defaultUserSettings) };
}

const nobody = { name: "", email: "", state: "active", jabberId: "" } as const;

export const settingsHandlers: Handlers<
  | "getChatsSettings"
  | "putChatsSettings"
  | "patchChatsSettings"
  | "getChatsUserSettings"
  | "patchChatsUserSettings"
  | "getChatsUsersMeSettings"
  | "patchChatsUsersMeSettings"
> = {
  getChatsSettings: (call) => call.org.settings.seen(),
  putChatsSettings: (call) => changeOrg(call, call.variants.putSettings),
  patchChatsSettings: (call) => changeOrg(call, call.variants.patchSettings),
  getChatsUserSettings: (call) => {
    const { mobile } = requireUser(call.org, pathParam(call, "userId")).settings.seen();
    return { mobile };
  },
  patchChatsUserSettings: (call) => {
    const { mobile } = changeUser(call, requireUser(call.org, pathParam(call, "userId")), call.body, {});
    return { mobile };
  },
  getChatsUsersMeSettings: (call) => own(call).settings.seen(),
  patchChatsUsersMeSettings: (call) => changeUser(call, own(call), call.body, defaultUserSettings),
};
