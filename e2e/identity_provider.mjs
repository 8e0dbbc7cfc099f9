// A real OpenID Connect provider for tests: it signs in whomever it is told to, and on demand it lies. It listens on a
// free port of this machine, says its address in one line, and ends when its input does.
//
// POST /control {"email", "email_verified", "sub", "lie", "rotate"} says who signs in next and how the answer is false.

import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

// Nobody reads on after the address.
console.info = console.error;

const clients = JSON.parse(process.argv[2]);
const next = { sub: "1", email: "ada@shop.example", email_verified: true, lie: undefined };
let signing;
let oidc;

async function start(issuer) {
  const kid = `key-${Math.random().toString(36).slice(2)}`;
  const pair = await generateKeyPair("RS256", { extractable: true });
  signing = { kid, key: pair.privateKey, publicKey: await exportJWK(pair.publicKey) };
  oidc = new Provider(issuer, {
    clients,
    jwks: { keys: [{ ...(await exportJWK(pair.privateKey)), kid, alg: "RS256", use: "sig" }] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["only for tests"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: next.email, email_verified: next.email_verified, name: "Ada Lovelace" }),
    }),
  });
  oidc.use(async (ctx, proceed) => {
    await proceed();
    if (ctx.oidc?.route === "token" && ctx.body?.id_token && next.lie) {
      ctx.body.id_token = await falsified(ctx.body.id_token, next.lie);
    }
  });
}

const encoded = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

async function falsified(token, lie) {
  const [head, body, seal] = token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  const sign = (changed) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg: "RS256", kid: signing.kid }).sign(signing.key);
  switch (lie) {
    case "wrong nonce":
      return sign({ nonce: "another" });
    case "no nonce":
      return sign({ nonce: undefined });
    case "wrong audience":
      return sign({ aud: "another" });
    case "one audience too many":
      return sign({ aud: [claims.aud, "another"] });
    case "wrong issuer":
      return sign({ iss: "https://evil.example" });
    case "expired":
      return sign({ iat: claims.iat - 7200, exp: claims.exp - 7200 });
    case "issued long ago":
      return sign({ iat: claims.iat - 7200 });
    case "changed":
      return [head, encoded({ ...claims, sub: "another" }), seal].join(".");
    case "not signed":
      return [encoded({ alg: "none" }), body, ""].join(".");
    case "signed with the public key as a secret": {
      const unsigned = [encoded({ alg: "HS256", kid: signing.kid }), body].join(".");
      const secret = Buffer.from(signing.publicKey.n, "base64url");
      return [unsigned, createHmac("sha256", secret).update(unsigned).digest("base64url")].join(".");
    }
    case "signed with the shared secret": {
      const unsigned = [encoded({ alg: "HS256" }), body].join(".");
      return [unsigned, createHmac("sha256", clients[0].client_secret).update(unsigned).digest("base64url")].join(".");
    }
    case "signed by somebody else": {
      const { privateKey } = await generateKeyPair("RS256");
      return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: signing.kid }).sign(privateKey);
    }
    default:
      throw new Error(`no such lie: ${lie}`);
  }
}

async function read(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

const server = createServer(async (request, response) => {
  try {
    if (request.url === "/control") {
      Object.assign(next, JSON.parse(await read(request)));
      if (next.rotate) await start(address());
      next.rotate = undefined;
      return response.writeHead(204).end();
    }
    if (request.url.startsWith("/interaction/")) {
      const { prompt, params, session } = await oidc.interactionDetails(request, response);
      if (prompt.name === "login") {
        return await oidc.interactionFinished(request, response, { login: { accountId: next.sub } });
      }
      const grant = new oidc.Grant({ accountId: session.accountId, clientId: params.client_id });
      grant.addOIDCScope("openid email profile");
      return await oidc.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
    }
    oidc.callback()(request, response);
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
});
// A slow machine may take its time between two requests of one connection.
server.keepAliveTimeout = 120_000;
const address = () => `http://127.0.0.1:${server.address().port}`;
server.listen(0, "127.0.0.1", async () => {
  await start(address());
  console.log(address());
});
process.stdin.on("end", () => process.exit(0)).resume();
