//! GraphQL over HTTP (the GraphQL-over-HTTP draft): POST and GET, both media types, statuses and codes.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    web,
};
use async_graphql::{Executor, Request, Response, ServerError, Variables, parser::types::OperationType};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Weights, limits, loading};
use crate::{
    kernel::error::{Code, Error, Result},
    platform::{access::Ctx, http::Body},
};

const MEDIA: &str = "application/graphql-response+json";

/// Whether questions about the schema are answered.
#[derive(Clone, Copy, Debug)]
pub struct Introspection(pub bool);

/// A GraphQL request's parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, Value>>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextParams {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<String>,
    #[serde(default)]
    extensions: Option<String>,
}

impl TextParams {
    fn into_params(self) -> Result<Params> {
        Ok(Params {
            query: self.query,
            operation_name: self.operation_name,
            variables: object("variables", self.variables)?,
            extensions: object("extensions", self.extensions)?,
        })
    }
}

fn object(name: &str, text: Option<String>) -> Result<Option<serde_json::Map<String, Value>>> {
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|_| Error::at(Code::InvalidParameter, name, "must be a JSON object"))
}

/// POST /graphql
///
/// # Errors
/// What is wrong with the request before GraphQL begins.
pub async fn post<E: Executor>(
    ctx: Ctx,
    http: HttpRequest,
    schema: web::Data<E>,
    weights: web::Data<&'static Weights>,
    params: Body<Params>,
) -> Result<HttpResponse> {
    answer(&ctx, &http, schema.get_ref(), &weights, params.0).await
}

/// GET /graphql
///
/// # Errors
/// What is wrong with the request before GraphQL begins.
pub async fn get<E: Executor>(
    ctx: Ctx,
    http: HttpRequest,
    schema: web::Data<E>,
    weights: web::Data<&'static Weights>,
) -> Result<HttpResponse> {
    let params: TextParams = serde_html_form::from_str(http.query_string())
        .map_err(|error| Error::new(Code::InvalidParameter, error.to_string()))?;
    answer(&ctx, &http, schema.get_ref(), &weights, params.into_params()?).await
}

async fn answer<E: Executor>(
    ctx: &Ctx,
    http: &HttpRequest,
    schema: &E,
    weights: &Weights,
    params: Params,
) -> Result<HttpResponse> {
    let media = negotiate(http)?;
    let open = http.app_data::<web::Data<Introspection>>().is_some_and(|setting| setting.0);
    let (name, given) = (params.operation_name.as_deref(), params.variables.as_ref());
    let kind = match limits::check(&params.query, name, given, weights, open) {
        Ok(kind) => kind,
        Err(error) => return Ok(render(media, refused(&error))),
    };
    if *http.method() == Method::GET && kind != OperationType::Query {
        let mut response = crate::platform::http::respond(&Error::new(
            Code::MethodNotAllowed,
            "a mutation must be sent with POST",
        ));
        response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("POST"));
        return Ok(response);
    }
    let schema = schema.clone();
    let response = ctx
        .run(async move |ctx| Ok(loading::execute(schema, request(params), ctx.with_one_snapshot()).await))
        .await?;
    Ok(render(media, response))
}

fn request(params: Params) -> Request {
    let mut request = Request::new(params.query);
    request.operation_name = params.operation_name;
    if let Some(variables) = params.variables {
        request = request.variables(Variables::from_json(Value::Object(variables)));
    }
    if params.extensions.is_some() {
        tracing::debug!("request extensions are read and have no effect");
    }
    request
}

fn refused(error: &Error) -> Response {
    let told: async_graphql::Error = super::Failure::told(error);
    Response::from_errors(vec![told.into_server_error(async_graphql::Pos::default())])
}

/// `application/json` where nothing else is asked for, as clients of today expect.
fn negotiate(http: &HttpRequest) -> Result<&'static str> {
    let accept = http.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let wants =
        |name: &str| accept.split(',').any(|one| one.split(';').next().unwrap_or_default().trim() == name);
    if wants(MEDIA) {
        Ok(MEDIA)
    } else if wants("application/json") || wants("*/*") || wants("application/*") {
        Ok("application/json")
    } else {
        Err(Error::new(Code::NotAcceptable, "accept application/json or application/graphql-response+json"))
    }
}

/// A request that never began to execute has no `data`, and is a 400 in the media type that can say so.
fn render(media: &str, mut response: Response) -> HttpResponse {
    let never_ran = !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty());
    response.errors.iter_mut().for_each(stamp);
    let status = if never_ran && media == MEDIA { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut body = json!({});
    if !never_ran {
        body["data"] = serde_json::to_value(&response.data).unwrap_or_default();
    }
    if !response.errors.is_empty() {
        body["errors"] = serde_json::to_value(&response.errors).unwrap_or_default();
    }
    HttpResponse::build(status).content_type(format!("{media}; charset=utf-8")).body(body.to_string())
}

/// Gives the library's own errors the codes of the table.
fn stamp(error: &mut ServerError) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_some() {
        return;
    }
    let code = match (error.path.is_empty(), error.message.as_str()) {
        (true, message) if message.contains("too deep") => Code::QueryTooComplex,
        (true, _) => Code::InvalidQuery,
        (false, _) => Code::InvalidRequest,
    };
    extensions.set("code", code.as_str());
}
