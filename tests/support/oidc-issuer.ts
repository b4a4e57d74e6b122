import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { Provider } from "oidc-provider";
import { freePort } from "./processes.js";

/** What an OpenID provider knows of a person. */
export type PersonClaims = Readonly<Record<string, unknown>>;

interface Given {
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a random one. */
  readonly clientSecret?: string | undefined;
}

/** A certified OpenID provider on loopback, at which somebody is signed in already. */
export class OidcIssuer {
  readonly url: string;
  readonly clientId = "stowage";
  readonly clientSecret: string;
  /** Who sits in front of the browser, by subject. */
  subject = "alice";
  /** How it says that they have signed in (RFC 8176). */
  amr: readonly string[] | undefined;
  readonly people = new Map<string, PersonClaims>();
  readonly #server: Server;

  private constructor({ port, clientSecret }: Given, redirectUri: string) {
    this.clientSecret = clientSecret ?? randomBytes(24).toString("hex");
    this.url = `http://127.0.0.1:${port}`;
    const provider = this.#openProvider(redirectUri);
    const handle = provider.callback();
    this.#server = createServer((req, res) => {
      if (req.url?.startsWith("/interaction/") !== true) void handle(req, res);
      else {
        const result = {
          login: {
            accountId: this.subject,
            ...(this.amr !== undefined && { amr: [...this.amr] }),
          },
        };
        void provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
      }
    });
  }

  /** @param redirectUri - The only address that it sends people back to. */
  static async start(redirectUri: string, given: Given = {}): Promise<OidcIssuer> {
    const port = given.port ?? (await freePort());
    const issuer = new OidcIssuer({ ...given, port }, redirectUri);
    issuer.#server.listen(port, "127.0.0.1");
    await once(issuer.#server, "listening");
    return issuer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #openProvider(redirectUri: string): Provider {
    const { clientId, clientSecret } = this;
    const scopes = "openid profile email";
    return new Provider(this.url, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          token_endpoint_auth_method: "client_secret_post",
          redirect_uris: [redirectUri],
        },
      ],
      cookies: { keys: [randomBytes(24).toString("hex")] },
      claims: {
        openid: ["sub", "amr"],
        profile: ["preferred_username", "groups"],
        email: ["email"],
      },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
      ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      pkce: { required: () => true },
      findAccount: (_ctx, accountId) => ({
        accountId,
        claims: () => ({ sub: accountId, ...this.people.get(accountId) }),
      }),
      loadExistingGrant: async (ctx) => {
        const accountId = ctx.oidc.session?.accountId ?? "";
        const grant = new ctx.oidc.provider.Grant({ clientId, accountId });
        grant.addOIDCScope(scopes);
        await grant.save();
        return grant;
      },
    });
  }
}
