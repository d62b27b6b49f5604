//! From a request to its context: credential, request id, precondition.

use std::{
    future::{Ready, ready},
    pin::Pin,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::{Method, header},
    web,
};
use subtle::ConstantTimeEq;
use tracing::Instrument;

use super::{
    edge::{Diagnostics, RequestId},
    limits::Limits,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        patch::Expected,
    },
    platform::{
        access::{Ctx, OperatorCtx, Services},
        identity::{
            authenticate,
            providers::{self, VisitorCtx},
        },
        journal::Idempotency,
    },
};

/// The operator's secret, if the service has one.
#[derive(Clone)]
pub struct Operator(pub Option<String>);

impl FromRequest for Ctx {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let presented = bearer(&request)?;
            if is_operator(&request, &presented) {
                return Err(Error::new(Code::Forbidden, "the operator sees nothing inside a tenant"));
            }
            let services = services(&request)?;
            let (running, statements) = (services.clone(), Diagnostics::of(&request));
            let (id, request_id) = (RequestId::of(&request), RequestId::of(&request));
            // Who sends a body may take its time, and holds no connection meanwhile.
            let reads = matches!(*request.method(), Method::GET | Method::HEAD);
            let proving = async move {
                let proved = authenticate::caller(&running, &presented, &id).await;
                proved.map(|(caller, tx)| (caller, tx.filter(|_| reads)))
            };
            let proved = services.runtime.clone().spawn(proving.in_current_span());
            let (caller, seen) = proved.await.map_err(Error::internal)??;
            let (credential, member) = (caller.credential, caller.member);
            let ctx = Self::new(services, caller, request_id, sent_key(&request), statements);
            let ctx = match seen {
                Some(tx) => ctx.going_on_in(tx),
                None => ctx,
            };
            Limits::of_caller(&request, Some((credential, member)))?;
            Ok(ctx)
        })
    }
}

impl FromRequest for OperatorCtx {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let allowed = bearer(request).map(|presented| is_operator(request, &presented));
        let tenant = Ctx::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            if !allowed? {
                tenant.await?;
                return Err(Error::new(Code::Forbidden, "only the operator manages tenants"));
            }
            Limits::of_caller(&request, None)?;
            Ok(Self {
                services: services(&request)?,
                request_id: RequestId::of(&request),
                idempotency: sent_key(&request),
            })
        })
    }
}

impl FromRequest for VisitorCtx {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let presented = bearer(&request)?;
            if is_operator(&request, &presented) {
                return Err(Error::new(Code::Forbidden, "the operator sees nothing inside a tenant"));
            }
            let services = services(&request)?;
            let running = services.clone();
            let visitor = services
                .runtime
                .clone()
                .spawn(async move { providers::visitor(&running, &presented).await }.in_current_span());
            let visitor = visitor.await.map_err(Error::internal)??;
            Ok(Self::new(services, visitor, RequestId::of(&request), sent_key(&request)))
        })
    }
}

fn services(request: &HttpRequest) -> Result<Services> {
    let services = request.app_data::<web::Data<Services>>();
    services.map(|data| data.get_ref().clone()).ok_or_else(|| Error::internal("no services"))
}

fn bearer(request: &HttpRequest) -> Result<String> {
    let value = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or_else(authenticate::refused)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim().to_owned())
    } else {
        Err(authenticate::refused())
    }
}

fn is_operator(request: &HttpRequest, presented: &str) -> bool {
    let secret = request.app_data::<web::Data<Operator>>().and_then(|data| data.0.clone());
    secret.is_some_and(|secret| secret.as_bytes().ct_eq(presented.as_bytes()).into())
}

fn sent_key(request: &HttpRequest) -> Option<Idempotency> {
    request.extensions().get::<Idempotency>().cloned()
}

impl FromRequest for Expected {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(expected(request))
    }
}

/// `If-Match` compares the part of the ETag before the dot: the version.
fn expected(request: &HttpRequest) -> Result<Expected> {
    let Some(sent) = request.headers().get(header::IF_MATCH) else {
        return Err(Error::new(Code::PreconditionRequired, "send If-Match with the ETag that you read"));
    };
    let plain = |sent: &&str| (1..=255).contains(&sent.len()) && !sent.contains('\t');
    let sent = sent.to_str().ok().filter(plain).ok_or_else(|| {
        Error::at(Code::InvalidParameter, "If-Match", "must be an ETag of 1 to 255 visible ASCII characters")
    })?;
    let sent = sent.trim();
    if sent == "*" {
        return Ok(Expected::Any);
    }
    let version = sent.trim_start_matches("W/").trim_matches('"').split('.').next().unwrap_or_default();
    // What was never one of our ETags matches nothing, as RFC 9110 has it.
    Ok(Expected::Version(version.parse().unwrap_or(-1)))
}
