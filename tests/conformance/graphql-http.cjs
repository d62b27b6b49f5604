// graphql-http's audits of the GraphQL-over-HTTP draft: a MUST that fails is an error, a SHOULD a warning.
// Then what every GraphQL client asks first: the schema, which must answer and hold together.
const { auditServer } = require('graphql-http');
const { buildClientSchema, getIntrospectionQuery, validateSchema } = require('graphql');

const [url, key] = process.argv.slice(2);
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });

async function audit() {
  const results = await auditServer({ url, fetchFn });
  const failed = results.filter(({ status }) => status === 'error' || status === 'warn');
  for (const { status, id, name, reason } of failed) console.log(`${status} ${id} ${name}: ${reason}`);
  console.log(`${results.length - failed.length} of ${results.length} audits passed`);
  return results.length > 0 && failed.length === 0;
}

async function introspect() {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: getIntrospectionQuery() });
  const { data, errors } = await (await fetchFn(url, { method: 'POST', headers, body })).json();
  const faults = errors ?? validateSchema(buildClientSchema(data));
  for (const { message } of faults) console.log(`schema: ${message}`);
  return faults.length === 0;
}

Promise.all([audit(), introspect()]).then((passed) => {
  process.exitCode = passed.every(Boolean) ? 0 : 1;
});
