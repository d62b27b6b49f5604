// oidc-provider as a tenant's own OpenID provider: client-credentials access tokens in four algorithms, keys that can be
// rotated, and a way to sign what the provider itself never would. One JSON command a line on standard input, one JSON
// answer a line on standard output; the first line tells the issuer.
const crypto = require('node:crypto');
const http = require('node:http');
const readline = require('node:readline');
const { pathToFileURL } = require('node:url');

const SECRET = 'secret-of-the-tests';
const claims = {
  lead: { groups: ['leads'], email: 'Lead@acme.example', email_verified: true, name: 'Compliance lead' },
  reader: { groups: ['readers', 'others'] },
  stranger: { groups: ['others'] },
};

let Provider, issuer, callback;
let rotations = 0;
let keys = [];

function newKeys() {
  rotations += 1;
  const kinds = [
    ['rsa', { modulusLength: 2048 }],
    ['ec', { namedCurve: 'P-256' }],
    ['ed25519', {}],
  ];
  return kinds.map(([kind, options]) => ({
    ...crypto.generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
    kid: `${kind}-${rotations}`,
    use: 'sig',
  }));
}

// oidc-provider signs with the first key that fits.
function rebuild() {
  const getResourceServerInfo = (_, resource) => ({
    scope: '',
    audience: 'attestd',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: resource.split(':').pop() } },
  });
  const provider = new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: ['cookies-of-the-tests'] },
    clients: Object.keys(claims).map((client_id) => ({
      client_id,
      client_secret: SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: (_, token) => claims[token.clientId],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: true, getResourceServerInfo },
    },
  });
  callback = provider.callback();
}

async function token({ client, alg }) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', resource: `urn:attestd:${alg}` });
  const authorization = `Basic ${Buffer.from(`${client}:${SECRET}`).toString('base64')}`;
  const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization, connection: 'close' }, body });
  const told = await answer.json();
  if (!told.access_token) throw new Error(JSON.stringify(told));
  return told.access_token;
}

const kty = { RS256: 'RSA', PS256: 'RSA', ES256: 'EC', EdDSA: 'OKP' };

function signature(alg, data, { key, secret }) {
  if (alg === 'none') return Buffer.alloc(0);
  if (alg.startsWith('HS')) return crypto.createHmac('sha256', secret).update(data).digest();
  switch (alg) {
    case 'PS256':
      return crypto.sign('sha256', data, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    case 'ES256':
      return crypto.sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return crypto.sign(null, data, key);
    default:
      return crypto.sign('sha256', data, key);
  }
}

// Signs with the provider's own key for `with` (the header's alg unless said), or as HMAC with its public key.
function sign({ header, claims, with: by = header.alg }) {
  const jwk = keys.find((one) => one.kty === (kty[by] ?? 'RSA'));
  const key = crypto.createPrivateKey({ key: jwk, format: 'jwk' });
  const secret = crypto.createPublicKey(key).export({ type: 'spki', format: 'pem' });
  const whole = { kid: jwk.kid, ...header };
  for (const name of Object.keys(whole)) if (whole[name] === null) delete whole[name];
  const data = [whole, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const made = kty[by] ? signature(by, Buffer.from(data), { key }) : signature(by, data, { secret });
  return `${data}.${made.toString('base64url')}`;
}

const server = http.createServer((request, response) => callback(request, response));
const listening = (port) => new Promise((done) => server.listen(port, '127.0.0.1', done));

const commands = {
  token,
  sign,
  rotate: ({ retire }) => {
    keys = [...newKeys(), ...(retire ? [] : keys)];
    rebuild();
  },
  claims: ({ client, ...changed }) => void Object.assign(claims[client], changed),
  down: () => new Promise((done) => (server.close(done), server.closeAllConnections())),
  up: () => listening(Number(new URL(issuer).port)),
};

async function main() {
  ({ default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider'))));
  await listening(0);
  issuer = `http://127.0.0.1:${server.address().port}`;
  keys = newKeys();
  rebuild();
  const tell = (answer) => process.stdout.write(`${JSON.stringify(answer ?? null)}\n`);
  tell({ issuer });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [[name, input]] = Object.entries(JSON.parse(line));
    tell(await commands[name](input));
  }
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
