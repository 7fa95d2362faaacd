import type { Handlers } from "../handler.js";
import { defaultClient } from "../options.js";

/** Operations that tell a token about itself. */
export const selfHandlers: Handlers<"getOrganizationsMe" | "getTokensMe"> = {
  getOrganizationsMe: ({ org: { id, name } }) => ({
    id,
    name,
    version: 1,
    state: "active",
    selfUri: `/api/v2/organizations/${id}`,
  }),
  getTokensMe: ({ org, actor }) => {
    const organization = { id: org.id, name: org.name };
    return {
      organization,
      homeOrganization: organization,
      authorizedScope: [],
      OAuthClient: {
        id: actor.isUser ? defaultClient.id : actor.id,
        name: "chatform",
        authorizedGrantType: actor.isUser ? "CODE" : "CLIENT_CREDENTIALS",
      },
    };
  },
};
